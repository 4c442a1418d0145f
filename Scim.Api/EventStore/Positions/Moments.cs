using System.Globalization;
using Npgsql;
using Scim.Domain.Protocol;

namespace Scim.Api.EventStore.Positions;

/// <summary>Where an organization's history has got to: the last position, its instant, and up to where versions are written.</summary>
/// <param name="OldestDue">When the oldest commit was made that has no position yet.</param>
/// <param name="At">When this was so, by the clock that dates commits.</param>
internal sealed record Progress(long Last, DateTimeOffset? Instant, long Versions, DateTimeOffset? OldestDue, DateTimeOffset At);

/// <summary>Finds positions: the last one, and that of an instant. What is not numbered or written yet is waited for.</summary>
internal sealed class Moments(Placement placement, CommitSignal commits, TimeProvider clock)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3), Again = TimeSpan.FromMilliseconds(25);

    const string ProgressSql = """
        select coalesce(l.last, 0), l.instant, coalesce(p.position, 0), (select min(c.at) from history.commit_log c where c.tenant_id = $1 and c.position is null), clock_timestamp()
        from (select $1::varchar as tenant_id) o left join history.last_position l using (tenant_id) left join directory.version_progress p using (tenant_id)
        """;

    internal Task<Progress> Progress(Guid organization, CancellationToken ct) => Deadline.Within(TimeSpan.FromSeconds(2), async ct =>
    {
        await using var command = placement.Command(organization, ProgressSql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new Progress(reader.GetInt64(0), Instant(reader, 1), reader.GetInt64(2), Instant(reader, 3), reader.GetFieldValue<DateTimeOffset>(4));
    }, ct);

    /// <summary>The last position, when everything is numbered and its versions are written that was committed before it was asked.</summary>
    /// <exception cref="ScimException">503 when they do not come up to it.</exception>
    internal async Task<long> Now(Guid organization, CancellationToken ct)
    {
        DateTimeOffset? asked = null;
        long? last = null;
        await Until(organization, async ct =>
        {
            var progress = await Progress(organization, ct);
            asked ??= progress.At;
            if (last is null && !(progress.OldestDue <= asked)) last = progress.Last;
            return progress.Versions >= last;
        }, ct);
        return last!.Value;
    }

    /// <summary>The last position of an instant, when everything is numbered that was committed until then: 0 before the first event.</summary>
    /// <exception cref="ScimException">400 for an instant of the future; 503 when numbering does not come up to it.</exception>
    internal async Task<long> At(Guid organization, DateTimeOffset instant, CancellationToken ct)
    {
        if (instant > clock.GetUtcNow()) throw ScimException.BadRequest($"{ScimDateTime.Print(instant)} is in the future. Ask for an instant that has been.");
        long? position = null;
        await Until(organization, async ct =>
        {
            await using var command = placement.Command(organization, """
                select exists (select from history.commit_log where tenant_id = $1 and position is null and at <= $2),
                    (select position from history.commit_log where tenant_id = $1 and instant <= $2 order by instant desc, position desc limit 1)
                """);
            command.Parameters.Add(new() { Value = instant.UtcDateTime });
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            if (reader.GetBoolean(0)) return false;
            position = await reader.IsDBNullAsync(1, ct) ? 0 : reader.GetInt64(1);
            return true;
        }, ct);
        return position!.Value;
    }

    /// <summary>Waits until versions are written up to a position.</summary>
    /// <exception cref="ScimException">503 when they do not come up to it, 400 where nothing has that position yet.</exception>
    internal Task Written(Guid organization, long position, CancellationToken ct) => Until(organization, async ct =>
    {
        var progress = await Progress(organization, ct);
        if (position > progress.Last && progress.OldestDue is null)
            throw ScimException.BadRequest($"The position {position.ToString(CultureInfo.InvariantCulture)} is in the future: the last one is {progress.Last.ToString(CultureInfo.InvariantCulture)}.");
        return progress.Versions >= position;
    }, ct);

    /// <summary>The instant at which a position had happened; null before the first.</summary>
    internal Task<DateTimeOffset?> InstantOf(Guid organization, long position, CancellationToken ct) => Deadline.Within(TimeSpan.FromSeconds(2), async ct =>
    {
        await using var command = placement.Command(organization, "select max(instant) from history.commit_log where tenant_id = $1 and position = $2");
        command.Parameters.Add(new() { Value = position });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? Instant(reader, 0) : null;
    }, ct);

    async Task Until(Guid organization, Func<CancellationToken, Task<bool>> reached, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        while (!await Deadline.Within(Patience, reached, ct))
        {
            if (clock.GetElapsedTime(started) > Patience) throw ScimException.Unavailable("The history is being numbered and has not come up to that moment. Nothing is lost: try again.");
            commits.Hurry(placement.Of(Placement.Tenant(organization)).Id);
            await Task.Delay(Again, clock, ct);
        }
    }

    static DateTimeOffset? Instant(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetFieldValue<DateTimeOffset>(at);
}

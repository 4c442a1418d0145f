using System.Text.Json;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>
/// Gives a row to each command of identity providers that the history has and the log has not, because a process ended
/// before it wrote its last second: made from the events and their headers, without bodies.
/// </summary>
internal sealed class RequestLogRebuild(LogWrites writes, LogKeys keys, History history, ScimMetrics metrics)
{
    /// <summary>How far it looks back.</summary>
    internal static readonly TimeSpan LookBack = TimeSpan.FromDays(1);

    const int Batch = 500;

    // A request's instant is the first 48 bits of its id.
    const string Sql = """
        with missing as (
            select c.tenant_id, c.request_id, c.stream_id, c.from_version, c.to_version from history.commit_log c
            where c.at >= $1 and c.at < $2 and c.request_id is not null and not exists (
                select from history.request_log r where r.tenant_id = c.tenant_id and r.id = c.request_id
                    and r.at = to_timestamp(('x' || translate(left(c.request_id::text, 13), '-', ''))::bit(48)::bigint / 1000.0))
                and exists (select from history.mt_events e where e.tenant_id = c.tenant_id and e.stream_id = c.stream_id and e.version = c.to_version and e.user_name like 'scim-token:%')
            order by c.at limit $3)
        select m.tenant_id, m.request_id, m.stream_id, e.id, e.type, e.headers::text from missing m
        join history.mt_events e on e.tenant_id = m.tenant_id and e.stream_id = m.stream_id and e.version between m.from_version and m.to_version
        where e.headers ? 'token' and e.user_name like 'scim-token:%' order by m.request_id, m.stream_id, e.version
        """;

    /// <summary>How many rows were missing.</summary>
    internal async Task<int> RunAsync(NpgsqlConnection connection, Shard shard, DateTimeOffset before, CancellationToken ct)
    {
        var made = 0;
        for (var batch = 0; batch < 1000; batch++)
        {
            var commands = await Missing(connection, before, ct);
            if (commands.Count == 0) break;
            var rows = new List<LogRow>();
            foreach (var events in commands) rows.Add(LogRow.Of(await Entry(events, ct), keys.Master));
            await writes.Write(connection, rows, ct);
            made += rows.Count;
            if (rows.Count < Batch) break;
        }
        if (made > 0) metrics.LogRebuilt(made, shard.Id);
        return made;
    }

    static async Task<IReadOnlyList<Stored[]>> Missing(NpgsqlConnection connection, DateTimeOffset before, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = 30 };
        command.Parameters.Add(new() { Value = before - LookBack });
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = Batch });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<Stored>();
        while (await reader.ReadAsync(ct))
            events.Add(new(Guid.Parse(reader.GetString(0)), reader.GetGuid(1), reader.GetGuid(2), reader.GetGuid(3), reader.GetString(4), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(5))!));
        return [.. events.GroupBy(e => (e.Organization, e.Request)).Select(g => g.ToArray())];
    }

    async Task<LogEntry> Entry(Stored[] events, CancellationToken ct)
    {
        // Who is deleted leaves groups in the same command.
        var first = events.FirstOrDefault(e => e.Type.EndsWith("_deleted", StringComparison.Ordinal)) ?? events[0];
        var headers = first.Headers;
        var organization = await history.Load<Organization>(first.Organization, first.Organization, ct);
        var isUser = first.Type.StartsWith("user_", StringComparison.Ordinal);
        var (verb, status) = first.Type.EndsWith("_deleted", StringComparison.Ordinal) ? ("DELETE", 204) : first.Type is "user_provisioned" or "group_created" ? ("POST", 201) : ("PATCH", 200);
        var type = isUser ? "Users" : first.Type.StartsWith("group_", StringComparison.Ordinal) ? "Groups" : null;
        return new(first.Organization, first.Request, LogEntry.InstantOf(first.Request), verb, type is null ? "other" : verb == "POST" ? $"/{type}" : $"/{type}/{{id}}", status)
        {
            Rebuilt = true,
            Token = organization?.Tokens.FirstOrDefault(t => t.Id.ToString("D") == headers["token"]),
            Address = headers.GetValueOrDefault("ip"),
            Agent = headers.GetValueOrDefault("agent"),
            ProviderRequest = headers.GetValueOrDefault("providerRequest"),
            ResourceType = type,
            ResourceId = verb == "POST" ? null : first.Stream.ToString("D"),
            Events = [.. events.Select(e => (e.Id, e.Type, e.Stream))],
            Repairs = Listed("repairs"),
            Unmapped = Listed("unmapped"),
        };

        string[] Listed(string header) => headers.GetValueOrDefault(header)?.Split("; ") ?? [];
    }

    sealed record Stored(Guid Organization, Guid Request, Guid Stream, Guid Id, string Type, Dictionary<string, string> Headers);
}

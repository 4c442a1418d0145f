using System.Globalization;
using Npgsql;
using Scim.Api.Audit.Sheets;
using Scim.Api.Audit.SignIn;
using Scim.Api.CommandCenter.Components;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Review;

/// <summary>Who lost access is asked for: between two positions, of one person or of all.</summary>
/// <param name="After">Where a page before ended.</param>
internal sealed record LeaversQuery(long From, long To, Guid? Person = null, (long Position, Guid Person)? After = null, int? Count = null);

/// <summary>
/// Somebody's loss of access: when we were told, when it took effect, by whom. Kind is deactivated, suspended, deleted or
/// erased.
/// </summary>
/// <param name="ToldAt">The instant of the request; null where no request is known.</param>
/// <param name="EffectiveAt">When it was committed: from then on nobody reads that the person has access.</param>
internal sealed record LeaverView(Guid Id, string? Name, string? UserName, bool Erased, string? Kind, DateTimeOffset? ToldAt, DateTimeOffset? EffectiveAt, long? Milliseconds, string Position, ActorView By, Guid? Request, string? RequestLink,
    RestoredView? Restored);

/// <summary>When somebody had access again.</summary>
internal sealed record RestoredView(DateTimeOffset? At, string Position);

/// <summary>The evidence of who lost access: in the order in which they did.</summary>
internal sealed class Leavers(Placement placement, OrganizationAdministration organizations, Moments moments)
{
    const string Sql = $"""
        select v.to_position, v.id, v.data is null, v.data->'resource'->>'displayName', v.data->'resource'->>'userName', l.type, l.actor, l.request_id,
            (select max(c.at) from history.commit_log c where c.tenant_id = $1 and c.position = v.to_position), r.position, (select max(c.instant) from history.commit_log c where c.tenant_id = $1 and c.position = r.position)
        from directory.user_version v
        left join lateral (select t.type, t.actor, t.request_id from directory.timeline t where t.tenant_id = $1 and t.stream_id = v.id and t.position = v.to_position
            and t.type in ('user_deactivated', 'user_suspended', 'user_deleted', 'user_erased') order by t.place limit 1) l on true
        left join lateral (select min(n.from_position) as position from directory.user_version n where n.tenant_id = $1 and n.id = v.id and n.from_position > v.to_position and n.has_access) r on true
        where v.tenant_id = $1 and v.to_position > $2 and v.to_position <= $3 and v.has_access and not {AccessChanges.AccessGoesOn} and ($4::uuid is null or v.id = $4) and (v.to_position, v.id) > ($5, $6)
        order by v.to_position, v.id limit $7
        """;

    internal async IAsyncEnumerable<(long Position, LeaverView View)> Rows(Guid organization, LeaversQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        var (labels, epoch) = (new ActorLabels(await organizations.Find(organization, ct)), placement.EpochOf(organization));
        object[] parameters = [tenant, query.From, query.To, query.Person is { } person ? person : DBNull.Value, query.After?.Position ?? 0, query.After?.Person ?? Guid.Empty, query.Count is { } count ? (long)count : DBNull.Value];
        await foreach (var row in LongReading.Rows(placement.Of(tenant).Write, Sql, parameters, r => (r.GetInt64(0), View(r, organization, labels, epoch)), ct)) yield return row;
    }

    const string Title = "Leavers: who lost access, when it was told and when it took effect";

    /// <summary>All of them to take elsewhere.</summary>
    internal Sheet Sheet(Guid organization, LeaversQuery query, CancellationToken ct) =>
        new("leavers", Title, [],
            ["name", "userName", "kind", "toldAt", "effectiveAt", "milliseconds", "position", "by", "request", "restoredAt", "id"],
            Rows(organization, query, ct).Select(r => new SheetRow(r.View, r.Position, r.View.Erased ? "(erased)" : r.View.Name, r.View.UserName, r.View.Kind, Print(r.View.ToldAt), Print(r.View.EffectiveAt),
                r.View.Milliseconds?.ToString(CultureInfo.InvariantCulture), r.View.Position, r.View.By.ToString(), r.View.RequestLink, Print(r.View.Restored?.At), r.View.Id.ToString("D"))));

    /// <summary>All of them to print and to sign: by names, and with times to the minute of one zone.</summary>
    internal async Task<Sheet> Printed(Guid organization, LeaversQuery query, CancellationToken ct)
    {
        var known = await organizations.Find(organization, ct);
        var zone = new PageZone(known?.TimeZone ?? Organization.DefaultTimeZone);
        var period = $"{await Moment(query.From)} to {await Moment(query.To)}{(query.Person is { } person ? $", the person {person:D}" : "")}";
        return new("leavers", Title, [("Organization", $"{known?.Name} ({organization:D})"), ("Period", period), ("Times", $"to the minute, {zone.Name}")],
            ["Name", "userName", "What", "Told", "Took effect", "After", "By", "Request", "Restored"],
            Rows(organization, query, ct).Select(r => new SheetRow(r.View, r.Position, r.View.Erased ? "(erased)" : r.View.Name, r.View.UserName, r.View.Kind, Minute(r.View.ToldAt), Minute(r.View.EffectiveAt),
                r.View.Milliseconds is { } ms ? Wording.Duration(ms) : null, r.View.By.InWords, r.View.Request?.ToString("D"), Minute(r.View.Restored?.At))), Whole: [3, 4, 5, 8]);

        Task<string> Moment(long position) => AccessReview.Moment(moments, organization, position, zone, ct);

        string? Minute(DateTimeOffset? instant) => instant is { } at ? zone.Minute(at) : null;
    }

    static LeaverView View(NpgsqlDataReader r, Guid organization, ActorLabels labels, int epoch)
    {
        var request = r.IsDBNull(7) ? (Guid?)null : r.GetGuid(7);
        var told = request is { Version: 7 } id ? LogEntry.InstantOf(id) : (DateTimeOffset?)null;
        var effective = Instant(r, 8);
        return new(r.GetGuid(1), Text(r, 3), Text(r, 4), r.GetBoolean(2), Text(r, 5)?.Replace("user_", "", StringComparison.Ordinal), told, effective, told is null || effective is null ? null : (long)(effective - told).Value.TotalMilliseconds,
            new Position(epoch, r.GetInt64(0)).ToString(), labels.Of(Text(r, 6)), request, request is null ? null : $"/api/organizations/{organization:D}/requests/{request:D}",
            r.IsDBNull(9) ? null : new(Instant(r, 10), new Position(epoch, r.GetInt64(9)).ToString()));
    }

    static string? Print(DateTimeOffset? instant) => instant is { } known ? ScimDateTime.Print(known) : null;

    static DateTimeOffset? Instant(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetFieldValue<DateTimeOffset>(at);

    static string? Text(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetString(at);
}

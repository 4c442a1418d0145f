using Npgsql;
using NpgsqlTypes;
using Scim.Api.Access;
using Scim.Api.Audit.Timeline;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Versions;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.Audit.Causes;

/// <summary>Explains a person from that person's own history, and somebody who has none from the provisioning log.</summary>
internal sealed class Explainer(HistoryReader history, RequestLogReader log, OrganizationCache organizations, Placement placement, Additions additions)
{
    const int MaxPeople = 10;

    internal async Task<Explanation> Explain(Guid organization, string by, string text, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        var ids = by == "person" ? [Guid.Parse(text)] : await Known(tenant, by, text, ct);
        var state = await organizations.Renew(organization, ct);
        var people = new List<ExplainedPerson>();
        foreach (var id in ids)
            if (await Person(organization, tenant, id, state, null, ct) is { } person) people.Add(person);
        var refused = await Refused(organization, text, ct);
        return new(Sentence(people, refused), people, refused);
    }

    /// <summary>The same of one person as of a position of the past; without one, as of now. Null for somebody of whom nothing was known.</summary>
    internal async Task<ExplainedPerson?> Explain(Guid organization, Guid person, long? position, CancellationToken ct) =>
        await Person(organization, Placement.Tenant(organization), person, await organizations.Renew(organization, ct), position, ct);

    static string Sentence(List<ExplainedPerson> people, RefusedRequest? refused) => (people, refused) switch
    {
        ([var one], _) => one.Sentence,
        ({ Count: > 1 }, _) => $"{people.Count} people were known so. {string.Join(' ', people.Select(p => p.Sentence))}",
        (_, { } r) => $"Nobody was ever provisioned by this name. The last request that named it was refused with {r.Status}{(r.Detail is null ? "" : $": {r.Detail}")}",
        _ => "Nobody was ever provisioned by this name, and no request that is still kept named it. Of somebody who was erased nothing is kept by name.",
    };

    // By every name of any time; an externalId is looked for as it was and as it is.
    async Task<IReadOnlyList<Guid>> Known(string tenant, string by, string text, CancellationToken ct)
    {
        await using var command = placement.Of(tenant).Write.CreateCommand(by == "externalId"
            ? $"select distinct id from directory.user_version where tenant_id = $1 and left(external_id, 256) collate \"C\" = left($2, 256) and external_id = $2 limit {MaxPeople}"
            : $"select person_id from directory.known_as where tenant_id = $1 and value collate \"C\" = $2 group by 1 order by max(to_position) desc, max(from_position) desc limit {MaxPeople}");
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = by == "externalId" ? text : NamesOfUser.KeyOf(text), NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetGuid(0));
        return ids;
    }

    async Task<ExplainedPerson?> Person(Guid organization, string tenant, Guid id, Organization? state, long? position, CancellationToken ct)
    {
        var events = await history.Stream(organization, id, ct);
        if (events.Count == 0 || events[0].Event is not UserEvent) return null;
        await using var connection = await placement.Of(tenant).Write.OpenConnectionAsync(ct);
        var places = await Places(connection, tenant, id, ct);
        if (position is { } past) events = [.. events.TakeWhile(e => places.TryGetValue(e.Stored.Version, out var place) && place.Position <= past)];
        var agents = events.ToDictionary(e => e.Stored.Version, e => e.Stored.Headers.GetValueOrDefault("agent"));
        var causes = UserCauses.Of(events.Select(e => ((UserEvent)e.Event, e.Fact)), UserSchema.ResourceType);
        if (causes is null) return null;
        var (epoch, moment) = (placement.EpochOf(organization), position ?? VersionBatch.Open - 1);
        var manager = causes.All.Select(c => c.Value?.AsString).Where(v => Guid.TryParseExact(v, "D", out _)).Select(v => (Guid.Parse(v!), moment)).Distinct().ToArray();
        var names = await Names.At(connection, tenant, manager, ct);
        var last = causes.Access.Event;
        var status = last is UserErased ? "erased" : last is UserDeleted ? "deleted" : Says(UserCauses.SuspendedPath) ? "suspended" : Says("active") ? "active" : "inactive";
        return new(id, causes.Label.Or(null), status, causes.Access.Value?.AsBoolean == true, UserReasons.OfAccess(causes, Telling),
            [.. causes.All.Select(c => new ExplainedValue(c.Path, c.Value ?? ScimValue.Null, c.IsErased, UserReasons.Of(causes, c, Telling), Event(events[c.Index])))],
            status is "deleted" or "erased" ? [] : await Memberships(connection, organization, tenant, id, position, ct))
        {
            Provider = events.LastOrDefault(e => e.Fact.Actor?.StartsWith("scim-token:", StringComparison.Ordinal) is true) is { } told ? Scim.Domain.Dialects.Provider.Of(agents[told.Stored.Version], "", [], []) : null,
        };

        bool Says(string path) => causes.All.Any(c => c.Path == path && c.Value?.AsBoolean == true);
        Telling Telling(Fact fact) => new(Actors.Of(fact.Actor, agents[fact.Version], state).Name, mentioned => names.GetValueOrDefault((mentioned, moment)));
        ExplainingEvent Event(RecordedEvent e) => Explaining(organization, e, places.TryGetValue(e.Stored.Version, out var place) ? place.ToString(epoch) : null, state);
    }

    internal static ExplainingEvent Explaining(Guid organization, RecordedEvent e, string? place, Organization? state)
    {
        var headers = e.Stored.Headers;
        var request = headers.GetValueOrDefault("request");
        return new(place, e.Stored.Type, e.Stored.Timestamp, Actors.Of(e.Stored.UserName, headers.GetValueOrDefault("agent"), state).Name, request,
            request is not null && headers.ContainsKey("token") ? $"/api/organizations/{organization:D}/requests/{request}" : null);
    }

    static async Task<Dictionary<long, EventPlace>> Places(NpgsqlConnection connection, string tenant, Guid stream, CancellationToken ct)
    {
        await using var command = Command(connection, "select version, position, place from directory.timeline where tenant_id = $1 and stream_id = $2", tenant, stream);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var places = new Dictionary<long, EventPlace>();
        while (await reader.ReadAsync(ct)) places[reader.GetInt64(0)] = new(reader.GetInt64(1), reader.GetInt32(2));
        return places;
    }

    // Of a direct one with the event that added the person.
    async Task<IReadOnlyList<ExplainedMembership>> Memberships(NpgsqlConnection connection, Guid organization, string tenant, Guid id, long? position, CancellationToken ct)
    {
        var tables = position is { } past ? DirectoryTables.At(past) : DirectoryTables.Now;
        var found = new List<(Guid Group, string? Name, bool Direct)>();
        await using (var command = Command(connection, $"""
            select f.group_id, g.data->'resource'->>'displayName', f.direct
            from {tables.GroupsOf("$1", "array[$2]")} f left join {tables.Groups} g on g.tenant_id = $1 and g.id = f.group_id
            order by f.direct desc, 2, 1
            """, tenant, id))
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) found.Add((reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetBoolean(2)));
        var events = await additions.Of(organization, [.. found.Where(f => f.Direct).Select(f => (f.Group, id))], position, ct);
        return [.. found.Select(f => new ExplainedMembership(f.Group, f.Name, f.Direct ? "direct" : "indirect", events.GetValueOrDefault((f.Group, id))))];
    }

    async Task<RefusedRequest?> Refused(Guid organization, string text, CancellationToken ct)
    {
        var page = await log.List(organization, new RequestLogFilter { Kind = "errors", Person = await log.Person(organization, text, ct) }, 1, ct);
        if (page.Requests is not [var last, ..]) return null;
        return new(last.Id, last.At, last.Status, last.ScimType, last.Sentence, last.Detail, NextStep.For(last.DetailKind, last.Provider), $"/api/organizations/{organization:D}/requests/{last.Id:D}");
    }

    static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}

using System.Text.Json;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.SignIn;

/// <summary>By what a person is looked for: exactly one of the four.</summary>
internal sealed record AskedPerson(string By, string Value)
{
    /// <summary>The names of the parameters.</summary>
    internal static readonly string[] Names = ["userName", "externalId", "email", "id"];
}

/// <summary>A person's access as it stands, or nobody's, beside the last position that was numbered then.</summary>
internal sealed record AccessFound(long Position, AccessState? Person);

/// <summary>What decides whether a person may sign in.</summary>
internal sealed record AccessState(Guid Id, string? UserName, string? DisplayName, bool Active, bool Suspended, DateTimeOffset Created, DateTimeOffset? DeactivatedAt, DateTimeOffset Since, string? By, DerivedOfUser Derived)
{
    internal bool HasAccess => Active && !Suspended;

    /// <summary>In one word; of two that keep somebody out it is the one that came first.</summary>
    internal string Reason => (Active, Suspended) switch
    {
        (true, false) => "active",
        (true, true) => "suspended",
        (false, true) when Since < DeactivatedAt => "suspended",
        _ => DeactivatedAt == Created ? "provisionedInactive" : "deactivated",
    };
}

/// <summary>Reads whether somebody may sign in: one statement on the directory as it is, with the groups and the position.</summary>
internal sealed class AccessReader(Placement placement)
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    static string Sql(string people) => $"""
        select coalesce((select l.last from history.last_position l where l.tenant_id = $1), 0), d.id, d.data->'resource'->>'userName', d.data->'resource'->>'displayName', coalesce((d.data->'resource'->>'active')::boolean, false),
            (d.data->'state'->>'suspended')::boolean, d.created, (d.data->'state'->>'deactivatedAt')::timestamptz, (d.data->'state'->>'accessSince')::timestamptz, d.data->'state'->>'accessBy', {new Memberships(DirectoryTables.Now).Json}
        from (select 1) o left join lateral ({people} limit 2) d on true
        """;

    const string Users = $"select d.* from {ResourceTable.Users} d where d.tenant_id = $1";

    static readonly Dictionary<string, string> Statements = new()
    {
        ["userName"] = Sql($"{Users} and d.user_name_key collate \"C\" = $2"),
        ["externalId"] = Sql($"{Users} and left(d.external_id, 256) collate \"C\" = left($2, 256) and d.external_id = $2"),
        ["email"] = Sql($"select d.* from directory.user_ids($1, null, $2::jsonb) f(id) join {ResourceTable.Users} d on d.tenant_id = $1 and d.id = f.id"),
        ["id"] = Sql($"{Users} and d.id = $2::uuid"),
    };

    /// <exception cref="ScimException">409: several people have that address or identifier.</exception>
    internal Task<AccessFound> Find(Guid organization, AskedPerson asked, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var command = placement.Command(organization, Statements[asked.By], Key(asked));
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var found = new AccessFound(reader.GetInt64(0), await reader.IsDBNullAsync(1, ct) ? null : State(reader));
        return await reader.ReadAsync(ct) ? throw ScimException.Conflict($"Several people have that {(asked.By == "email" ? "e-mail address" : "external identifier")}. Ask by userName or id, which only one has.") : found;
    }, ct);

    static string Key(AskedPerson asked) => asked.By switch
    {
        "userName" => CanonicalKey.Of(asked.Value),
        "email" => JsonSerializer.Serialize(new[] { new { value = CanonicalKey.Of(asked.Value) } }),
        "id" => Guid.Parse(asked.Value).ToString("D"),
        _ => asked.Value,
    };

    static AccessState State(NpgsqlDataReader r) => new(r.GetGuid(1), Text(r, 2), Text(r, 3), r.GetBoolean(4), r.GetBoolean(5), r.GetFieldValue<DateTimeOffset>(6),
        r.IsDBNull(7) ? null : r.GetFieldValue<DateTimeOffset>(7), r.GetFieldValue<DateTimeOffset>(8), Text(r, 9), new DerivedOfUser(null, Text(r, 10)));

    static string? Text(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetString(at);
}

using Scim.Api.Access;
using Scim.Api.EventStore;

namespace Scim.Api.Audit.Reads;

/// <summary>That something which signs people in asked about a person.</summary>
/// <param name="At">The first time within a minute.</param>
/// <param name="Actor">The key by which it asked, as it stands on records.</param>
internal sealed record KnownSignIn(Guid Id, DateTimeOffset At, string Actor);

/// <summary>Sign-ins as far as this directory knows of them: when doors asked about people by a key.</summary>
internal sealed class SignIns(OrganizationCache organizations, Placement placement)
{
    internal const string Meaning = "As far as what signs people in asks this directory by a key";

    const string Asked = "r.kind = 'access' and r.actor like 'key:%' and ($3::timestamptz is null or r.first_at <= $3)";

    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>Whether a key of the organization has asked about somebody lately; a door does little else.</summary>
    internal async Task<bool> Any(Guid organization, CancellationToken ct)
    {
        if (await organizations.Find(organization, ct) is not { Keys.Length: > 0 } known) return false;
        return await Deadline.Within(Soon, async ct =>
        {
            await using var command = placement.Command(organization, """
                select exists (select from unnest($2::text[]) k(actor) cross join lateral (
                    select r.kind, r.person_id from history.read_record r where r.tenant_id = $1 and r.actor = k.actor order by r.first_at desc, r.id desc limit 1000) r
                where r.kind = 'access' and r.person_id is not null)
                """, (object)known.Keys.Select(k => $"key:{k.Id:D}").ToArray());
            return await command.ExecuteScalarAsync(ct) is true;
        }, ct);
    }

    /// <summary>The last of each of these people, until an instant or now.</summary>
    internal Task<IReadOnlyDictionary<Guid, DateTimeOffset>> Last(Guid organization, IReadOnlyCollection<Guid> people, DateTimeOffset? until, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var command = placement.Command(organization, $"""
            select p.id, l.first_at from unnest($2::uuid[]) p(id) cross join lateral (
                select r.first_at from history.read_record r where r.tenant_id = $1 and r.person_id = p.id and {Asked} order by r.first_at desc, r.id desc limit 1) l
            """, people.ToArray(), Until(until));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<Guid, DateTimeOffset>();
        while (await reader.ReadAsync(ct)) found[reader.GetGuid(0)] = reader.GetFieldValue<DateTimeOffset>(1);
        return (IReadOnlyDictionary<Guid, DateTimeOffset>)found;
    }, ct);

    /// <summary>Those of one person, newest first; after one where a page before ended.</summary>
    internal Task<IReadOnlyList<KnownSignIn>> Of(Guid organization, Guid person, DateTimeOffset? until, Guid? after, int count, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var command = placement.Command(organization, $"""
            select r.id, r.first_at, r.actor from history.read_record r where r.tenant_id = $1 and r.person_id = $2 and {Asked}
                and ($4::uuid is null or (r.first_at, r.id) < (select a.first_at, a.id from history.read_record a where a.tenant_id = $1 and a.id = $4)) order by r.first_at desc, r.id desc limit $5
            """, person, Until(until), after is { } id ? id : DBNull.Value, count);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<KnownSignIn>();
        while (await reader.ReadAsync(ct)) found.Add(new(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2)));
        return (IReadOnlyList<KnownSignIn>)found;
    }, ct);

    static object Until(DateTimeOffset? until) => until is { } instant ? instant.ToUniversalTime() : DBNull.Value;
}

using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using Scim.Api.Audit.Sheets;
using Scim.Api.CommandCenter.Components;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Review;

/// <summary>Somebody who had access at a moment, since when and by whom, and the last change of anything about them before it.</summary>
internal sealed record ReviewedPerson(Guid Id, string? Name, string? UserName, string? ExternalId, DateTimeOffset Since, ActorView By, DateTimeOffset ChangedAt, ActorView ChangedBy, IReadOnlyList<ReviewedGroup> Groups);

/// <summary>How many they are, and how many more were erased since.</summary>
internal sealed record ReviewCounts(long People, long Erased);

/// <summary>Everybody who had access at a position, by userName.</summary>
internal sealed class AccessReview(Placement placement, OrganizationAdministration organizations, Moments moments)
{
    const int Batch = 500;

    const string Stands = "v.tenant_id = $1 and v.from_position <= $2 and v.to_position > $2 and v.has_access", Key = "(v.data->'match'->>'userName') collate \"C\"";

    // Keys first, then their rows, so that no row is carried through the sort.
    const string Sql = $"""
        with k as materialized (
            select v.id, v.from_position, {Key} as key from directory.user_version v
            where {Stands} and v.data is not null and ($3::uuid is null or ({Key}, v.id) > (select {Key}, v.id from directory.user_version v where {Stands} and v.id = $3))
            order by {Key}, v.id limit $4)
        select v.id, v.data->'resource'->>'displayName', v.data->'resource'->>'userName', v.external_id, (v.data->'state'->>'accessSince')::timestamptz, v.data->'state'->>'accessBy', v.last_modified, l.actor,
            array(select m.group_id from directory.member_version m where m.tenant_id = $1 and m.member_id = v.id and m.to_position > $2 and m.from_position <= $2 order by 1)
        from k cross join lateral (select * from directory.user_version v where v.tenant_id = $1 and v.id = k.id and v.from_position = k.from_position and v.data is not null offset 0) v
        left join lateral (select t.actor from directory.timeline t where t.tenant_id = $1 and t.stream_id = k.id and t.position <= $2 order by t.position desc, t.place desc limit 1) l on true
        order by k.key, k.id
        """;

    internal async Task<ReviewCounts> Count(Guid organization, long position, CancellationToken ct)
    {
        await using var command = placement.Command(organization, $"select count(v.data), count(*) - count(v.data) from directory.user_version v where {Stands}", position);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>All of them, or so many after somebody.</summary>
    /// <exception cref="ScimException">400: who stood at the end of the page before is erased.</exception>
    internal async IAsyncEnumerable<ReviewedPerson> People(Guid organization, long position, Guid? after, int? count, [EnumeratorCancellation] CancellationToken ct)
    {
        if (after is { } last && !await IsKnown(organization, position, last, ct)) throw ScimException.BadRequest("The person at whom the page before ended was erased since. Begin again without the cursor.");
        var tenant = Placement.Tenant(organization);
        var (source, labels) = (placement.Of(tenant).Write, new ActorLabels(await organizations.Find(organization, ct)));
        var nesting = new Nesting(source, tenant, position);
        object[] parameters = [tenant, position, after is { } id ? id : DBNull.Value, count is { } most ? (long)most : DBNull.Value];
        await foreach (var people in LongReading.Rows(source, Sql, parameters, Row, ct).Chunk(Batch))
        {
            await nesting.Read(people.SelectMany(p => p.Groups), ct);
            foreach (var p in people) yield return new(p.Id, p.Name, p.UserName, p.ExternalId, p.Since, labels.Of(p.By), p.ChangedAt, labels.Of(p.ChangedBy), nesting.Of(p.Groups));
        }
    }

    /// <summary>All of it to take elsewhere.</summary>
    internal Sheet Sheet(Guid organization, long position, CancellationToken ct) =>
        new("access-review", "Access review", [],
            ["name", "userName", "externalId", "accessSince", "accessBy", "changedAt", "changedBy", "directGroups", "indirectGroups", "id"],
            People(organization, position, null, null, ct).Select(p => new SheetRow(p, null, p.Name, p.UserName, p.ExternalId, ScimDateTime.Print(p.Since), p.By.ToString(), ScimDateTime.Print(p.ChangedAt), p.ChangedBy.ToString(),
                Direct(p), Indirect(p), p.Id.ToString("D"))));

    /// <summary>All of it to print and to sign: by names, which no id makes longer, and with times to the minute of one zone.</summary>
    internal async Task<Sheet> Printed(Guid organization, long position, CancellationToken ct)
    {
        var (counts, known, epoch) = (await Count(organization, position, ct), await organizations.Find(organization, ct), placement.EpochOf(organization));
        var zone = new PageZone(known?.TimeZone ?? Organization.DefaultTimeZone);
        return new("access-review", "Access review",
            [("Organization", $"{known?.Name} ({organization:D})"), ("Moment", await Moment(moments, organization, position, zone, ct)), ("Position", new Position(epoch, position).ToString()), ("Times", $"to the minute, {zone.Name}"),
                ("People with access", counts.People.ToString(CultureInfo.InvariantCulture)), ("Erased since", counts.Erased.ToString(CultureInfo.InvariantCulture))],
            ["Name", "userName", "externalId", "Access since", "Given by", "Last change", "Changed by", "Groups", "Through other groups"],
            People(organization, position, null, null, ct).Select(p => new SheetRow(p, null, p.Name, p.UserName, p.ExternalId, zone.Minute(p.Since), p.By.InWords, zone.Minute(p.ChangedAt), p.ChangedBy.InWords, Direct(p), Indirect(p))), Whole: [3, 5]);
    }

    static string Direct(ReviewedPerson p) => string.Join("; ", p.Groups.Where(g => g.Type == "direct").Select(g => g.Display));

    static string Indirect(ReviewedPerson p) => string.Join("; ", p.Groups.Where(g => g.Type == "indirect").Select(g => $"{g.Display} (through {string.Join(", ", g.Through.Select(t => t.Display))})"));

    /// <summary>When a position had happened, in words.</summary>
    internal static async Task<string> Moment(Moments moments, Guid organization, long position, PageZone zone, CancellationToken ct) =>
        await moments.InstantOf(organization, position, ct) is { } instant ? zone.Absolute(instant) : "before the first event";

    async Task<bool> IsKnown(Guid organization, long position, Guid person, CancellationToken ct)
    {
        await using var command = placement.Command(organization, $"select exists (select from directory.user_version v where {Stands} and v.data is not null and v.id = $3)", position, person);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    static (Guid Id, string? Name, string? UserName, string? ExternalId, DateTimeOffset Since, string? By, DateTimeOffset ChangedAt, string? ChangedBy, Guid[] Groups) Row(NpgsqlDataReader r) =>
        (r.GetGuid(0), Text(r, 1), Text(r, 2), Text(r, 3), r.GetFieldValue<DateTimeOffset>(4), Text(r, 5), r.GetFieldValue<DateTimeOffset>(6), Text(r, 7), r.GetFieldValue<Guid[]>(8));

    static string? Text(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetString(at);
}

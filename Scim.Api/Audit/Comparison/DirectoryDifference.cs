using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.Audit.Comparison;

/// <summary>An event that had part in a difference.</summary>
/// <param name="Id">As the timeline has it: <c>position.place</c>.</param>
internal sealed record CausingEvent(string Id, string Type, string? Actor, Guid? Request, DateTimeOffset At);

/// <summary>One difference of one person, group or membership between two positions.</summary>
/// <param name="Section">0 people, 1 groups, 2 memberships; within it rows stand by id.</param>
/// <param name="Member">Of a membership, whose it is.</param>
internal sealed record DifferenceRow(int Section, Guid Id, string? Name, bool IsErased, string Kind, StateDifference? Change, MemberEdge? Member, IReadOnlyList<CausingEvent> Events);

/// <summary>Who came into a group or went.</summary>
internal sealed record MemberEdge(Guid Id, bool IsGroup, string? Name);

/// <summary>What of it is asked for.</summary>
/// <param name="After">Where a page before ended.</param>
internal sealed record DifferenceQuery(long From, long To, Guid? Person = null, Guid? Group = null, DifferencePlace? After = null);

/// <summary>A place among the rows of a difference, as a cursor says it.</summary>
internal sealed record DifferencePlace(int Section, Guid Id, Guid Member);

/// <summary>
/// What differs between two positions: the versions that begin or end between them are looked at, and nothing else, so
/// that the cost follows what happened, not how large the directory is.
/// </summary>
internal sealed class DirectoryDifference(Placement placement)
{
    static string Resources(string table) => Resources(table, $"c.was, c.now, c.stood, c.stands, {Events("c.id")}");

    // To be counted, two states are held against each other only where both stand.
    static string Counted(string table) => Resources(table,
        "case when c.stands then c.was end, case when c.stood then c.now end, c.stood, c.stands, coalesce((c.now->'state'->>'suspended')::boolean, false)");

    // What began between the two and stands, beside what stood and has ended between them: of each resource one of either.
    // They are put in order before anything else is asked of them, so that a page pays for its own rows.
    static string Resources(string table, string columns) => $"""
        select c.id, {columns} from (
            select coalesce(n.id, t.id) as id, t.data as was, n.data as now, t.id is not null as stood, n.id is not null as stands
            from (select v.id, v.data from {table} v where v.tenant_id = $1 and v.from_position > $2 and v.from_position <= $3 and v.to_position > $3 and v.id > $4 and ($5::uuid is null or v.id = $5)) n
            full join (select v.id, v.data from {table} v where v.tenant_id = $1 and v.to_position > $2 and v.to_position <= $3 and v.from_position <= $2 and v.id > $4 and ($5::uuid is null or v.id = $5)) t on t.id = n.id
            order by 1 offset 0) c
        """;

    const string Event = "json_build_object('id', l.position || '.' || l.place, 'type', l.type, 'actor', l.actor, 'request', l.request_id, 'at', to_char(l.at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'))";

    static string Events(string id) => $"(select json_agg({Event} order by l.position, l.place)::text from directory.timeline l where l.tenant_id = $1 and l.stream_id = {id} and l.position > $2 and l.position <= $3)";

    static readonly string Memberships = $"""
        select m.group_id, m.member_id, m.is_group, m.stands,
            (select v.data->'resource'->>'displayName' from directory.group_version v where v.tenant_id = $1 and v.id = m.group_id and v.from_position <= m.moment and v.to_position > m.moment),
            case when m.is_group then (select v.data->'resource'->>'displayName' from directory.group_version v where v.tenant_id = $1 and v.id = m.member_id and v.from_position <= m.moment and v.to_position > m.moment)
            else (select coalesce(v.data->'resource'->>'displayName', v.data->'resource'->>'userName') from directory.user_version v where v.tenant_id = $1 and v.id = m.member_id and v.from_position <= m.moment and v.to_position > m.moment) end,
            (select json_agg({Event} order by l.position, l.place)::text from directory.timeline l where l.tenant_id = $1 and l.stream_id = m.group_id and l.position = m.changed and {Moved})
        from ({Edges}) m order by m.group_id, m.member_id
        """;

    // A command may add some and remove others, and names many in several events; whose id one holds is in its bytes, which are open.
    const string Moved = """
        (not m.stands and l.type = 'group_deleted' or l.type = case when m.stands then 'group_members_added' else 'group_members_removed' end and exists (select from history.mt_events e
            where e.tenant_id = $1 and e.stream_id = l.stream_id and e.version = l.version and position(convert_to(m.member_id::text, 'UTF8') in e.bdata) > 0))
        """;

    const string CountedMemberships = $"select m.stands, count(*) from ({Edges}) m group by 1";

    const string Edges = """
            select e.group_id, e.member_id, bool_or(e.is_group) as is_group, bool_or(e.to_position > $3) as stands, case when bool_or(e.to_position > $3) then $3 else max(e.to_position) - 1 end as moment,
                case when bool_or(e.to_position > $3) then max(e.from_position) else max(e.to_position) end as changed
            from (select * from directory.member_version where tenant_id = $1 and from_position > $2 and from_position <= $3
                union select * from directory.member_version where tenant_id = $1 and to_position > $2 and to_position <= $3) e
            where (e.group_id, e.member_id) > ($4, $7) and ($5::uuid is null or e.member_id = $5) and ($6::uuid is null or e.group_id = $6)
            group by 1, 2 having bool_or(e.from_position <= $2) <> bool_or(e.to_position > $3)
        """;

    /// <summary>All rows, in order, while they are read.</summary>
    internal async IAsyncEnumerable<DifferenceRow> Rows(Guid organization, DifferenceQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        var source = placement.Of(tenant).Write;
        var (section, place) = (query.After?.Section ?? 0, query.After);
        if (section <= 0 && query.Group is null)
            await foreach (var rows in LongReading.Rows(source, Resources("directory.user_version"), Parameters(tenant, query, place?.Id, query.Person), r => Of(0, r, (User? a, User? b) => UserDifference.Between(a, b, UserSchema.ResourceType), u => u.Label), ct))
                foreach (var row in rows) yield return row;
        if (section <= 1 && query.Person is null)
            await foreach (var rows in LongReading.Rows(source, Resources("directory.group_version"), Parameters(tenant, query, section == 1 ? place?.Id : null, query.Group), r => Of(1, r, (Group? a, Group? b) => GroupDifference.Between(a, b, GroupSchema.ResourceType), g => g.Label), ct))
                foreach (var row in rows) yield return row;
        object[] parameters = [tenant, query.From, query.To, section == 2 ? place!.Id : Guid.Empty, Nullable(query.Person), Nullable(query.Group), section == 2 ? place!.Member : Guid.Empty];
        await foreach (var row in LongReading.Rows(source, Memberships, parameters, Membership, ct)) yield return row;
    }

    /// <summary>How many rows there are of each section and kind, without what those say.</summary>
    internal async Task<IReadOnlyDictionary<(int Section, string Kind), long>> Counts(Guid organization, DifferenceQuery query, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        var source = placement.Of(tenant).Write;
        var counts = new Dictionary<(int, string), long>();
        if (query.Group is null) await Resources<User>(0, "directory.user_version", query.Person, (a, b) => UserDifference.Between(a, b, UserSchema.ResourceType));
        if (query.Person is null) await Resources<Group>(1, "directory.group_version", query.Group, (a, b) => GroupDifference.Between(a, b, GroupSchema.ResourceType));
        object[] parameters = [tenant, query.From, query.To, Guid.Empty, Nullable(query.Person), Nullable(query.Group), Guid.Empty];
        await foreach (var (stands, count) in LongReading.Rows(source, CountedMemberships, parameters, r => (r.GetBoolean(0), r.GetInt64(1)), ct)) Add(2, EdgeKind(stands), count);
        return counts;

        async Task Resources<T>(int section, string table, Guid? only, Func<T, T, IReadOnlyList<StateDifference>> between) where T : class
        {
            await foreach (var kinds in LongReading.Rows(source, Counted(table), Parameters(tenant, query, null, only), r => KindsOf(r, between), ct))
                foreach (var kind in kinds) Add(section, kind, 1);
        }

        void Add(int section, string kind, long count) => counts[(section, kind)] = counts.GetValueOrDefault((section, kind)) + count;
    }

    // Who came is one row, and a second where the person is suspended; who left is one.
    static IEnumerable<string> KindsOf<T>(NpgsqlDataReader r, Func<T, T, IReadOnlyList<StateDifference>> between) where T : class => (r.GetBoolean(3), r.GetBoolean(4)) switch
    {
        (true, true) => State<T>(r, 1) is { } then && State<T>(r, 2) is { } now ? between(then, now).Select(d => KindOf(d.Kind)) : [],
        (false, true) => r.GetBoolean(5) ? [KindOf(DifferenceKind.Arrived), KindOf(DifferenceKind.Suspended)] : [KindOf(DifferenceKind.Arrived)],
        (true, false) => [KindOf(DifferenceKind.Left)],
        _ => [],
    };

    static object[] Parameters(string tenant, DifferenceQuery query, Guid? after, Guid? only) => [tenant, query.From, query.To, after ?? Guid.Empty, Nullable(only)];

    static object Nullable(Guid? id) => id is { } known ? known : DBNull.Value;

    static IReadOnlyList<DifferenceRow> Of<T>(int section, NpgsqlDataReader r, Func<T?, T?, IReadOnlyList<StateDifference>> between, Func<T, string> label) where T : class
    {
        var (id, wasThere, isThere) = (r.GetGuid(0), r.GetBoolean(3), r.GetBoolean(4));
        var (then, now, events) = (State<T>(r, 1), State<T>(r, 2), EventsOf(r, 5));
        if (wasThere && then is null || isThere && now is null) // erased since: only whether somebody came or went is known
            return wasThere == isThere ? [] : [new(section, id, null, true, isThere ? "arrived" : "left", null, null, Causing(isThere ? DifferenceKind.Arrived : DifferenceKind.Left, events))];
        return [.. between(then, now).Select(d => new DifferenceRow(section, id, label((now ?? then)!), false, KindOf(d.Kind), d, null, Causing(d.Kind, events)))];
    }

    static DifferenceRow Membership(NpgsqlDataReader r) => new(2, r.GetGuid(0), Text(r, 4), false, EdgeKind(r.GetBoolean(3)), null,
        new MemberEdge(r.GetGuid(1), r.GetBoolean(2), Text(r, 5)), EventsOf(r, 6));

    // Of all events between, those that can have made such a difference.
    static IReadOnlyList<CausingEvent> Causing(DifferenceKind kind, IReadOnlyList<CausingEvent> events) => [.. events.Where(e => kind switch
    {
        DifferenceKind.Arrived => e.Type is "user_provisioned" or "group_created",
        DifferenceKind.Left => e.Type is "user_deleted" or "user_erased" or "group_deleted",
        DifferenceKind.Deactivated => e.Type == "user_deactivated",
        DifferenceKind.Reactivated => e.Type == "user_reactivated",
        DifferenceKind.Suspended => e.Type == "user_suspended",
        DifferenceKind.SuspensionLifted => e.Type == "user_suspension_lifted",
        DifferenceKind.Renamed => e.Type is "user_renamed" or "group_renamed",
        _ => e.Type is "user_attributes_changed" or "group_attributes_changed",
    })];

    static string EdgeKind(bool stands) => stands ? "memberAdded" : "memberRemoved";

    static string KindOf(DifferenceKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    static T? State<T>(NpgsqlDataReader r, int at) where T : class => r.IsDBNull(at) ? null : JsonSerializer.Deserialize<T>(r.GetFieldValue<byte[]>(at), EventStoreOptions.Json);

    static CausingEvent[] EventsOf(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? [] : JsonSerializer.Deserialize<CausingEvent[]>(r.GetString(at), Json)!;

    static string? Text(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetString(at);

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };
}

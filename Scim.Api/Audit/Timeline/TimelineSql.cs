using NpgsqlTypes;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Versions;

namespace Scim.Api.Audit.Timeline;

/// <summary>
/// The statement for one page of the timeline. Each part of it walks an index in the order of the page and stops at the
/// page's end; where there are several parts, a page of each is read and the first of them all are taken.
/// </summary>
/// <param name="after">Where the page begins, itself left out.</param>
internal sealed class TimelineSql(string tenant, TimelineFilter filter, EventPlace? after, bool ascending, int count)
{
    const string MemberEvents = "'group_members_added', 'group_members_removed', 'group_deleted'";

    readonly SqlParameters _parameters = new();

    internal IReadOnlyList<Npgsql.NpgsqlParameter> Parameters => _parameters.Values;

    string Order => ascending ? "order by t.position, t.place" : "order by t.position desc, t.place desc";

    /// <summary>Events by <see cref="HistoryReader.Columns"/>, then position, place and request; one more than the page where there is a next.</summary>
    internal string Text()
    {
        var organization = _parameters.Add(tenant, NpgsqlDbType.Varchar);
        var most = _parameters.Add(count, NpgsqlDbType.Integer);
        var bounds = Bounds();
        var page = filter switch
        {
            { People: { } people } => OfPeople(_parameters.Add(people.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid)),
            { Types: { Count: > 1 } types, Group: null, Actors: null, Request: null } => OfEach("type", types, ""),
            { Actors: { Count: > 1 } actors, Group: null, Request: null } => OfEach("actor", actors, Conditions(ofActors: false)),
            _ => $"select t.* from directory.timeline t where t.tenant_id = {organization}{bounds}{Conditions()}",
        };
        return $"""
            with page as materialized ({page} {Order} limit {most})
            select {HistoryReader.Columns}, t.position, t.place, t.request_id from page t left join lateral (
                select * from history.mt_events e where e.tenant_id = {organization} and e.stream_id = t.stream_id and e.version = t.version offset 0) e on true
            {Order}
            """;

        string OfEach(string column, IReadOnlyList<string> values, string conditions) => $"""
            select t.* from unnest({_parameters.Add(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)}) k(value) cross join lateral (
                select * from directory.timeline t where t.tenant_id = {organization} and t.{column} = k.value{bounds}{conditions} {Order} limit {most}) t
            """;

        // A large command names its members in several events; whose id one holds is in its bytes, which are open.
        string OfPeople(string people)
        {
            var (conditions, way) = (Conditions(), ascending ? "" : " desc");
            return $"""
                select t.* from (
                    select t.* from unnest({people}) p(id) cross join lateral (
                        select * from directory.timeline t where t.tenant_id = {organization} and t.stream_id = p.id{bounds}{conditions} {Order} limit {most}) t
                    union
                    select t.* from unnest({people}) p(id) cross join lateral (
                        select t.* from (select m.* from (
                            select v.group_id, v.from_position as position from directory.member_version v where v.tenant_id = {organization} and v.member_id = p.id
                            union select v.group_id, v.to_position from directory.member_version v where v.tenant_id = {organization} and v.member_id = p.id and v.to_position < {VersionBatch.Open}) m
                            where m.position between {_first} and {_last} order by m.position{way}) m
                        cross join lateral (
                            select * from directory.timeline t where t.tenant_id = {organization} and t.stream_id = m.group_id and t.position = m.position and t.type in ({MemberEvents}){bounds}{conditions}
                            and (t.type = 'group_deleted' or exists (select from history.mt_events e where e.tenant_id = {organization} and e.stream_id = t.stream_id and e.version = t.version
                                and position(convert_to(p.id::text, 'UTF8') in e.bdata) > 0)) offset 0) t
                        order by m.position{way}, t.place{way} limit {most}) t) t
                """;
        }
    }

    string _first = "", _last = "";

    string Bounds()
    {
        var first = EventPlace.Before(filter.First);
        var last = EventPlace.Before(filter.Last + 1);
        if (after is { } place && ascending && place.CompareTo(first) > 0) first = place;
        if (after is { } before && !ascending && before.CompareTo(last) < 0) last = before;
        (_first, _last) = (_parameters.Add(first.Position, NpgsqlDbType.Bigint), _parameters.Add(last.Position, NpgsqlDbType.Bigint));
        return $" and (t.position, t.place) > ({_first}, {_parameters.Add(first.Place, NpgsqlDbType.Integer)}) and (t.position, t.place) < ({_last}, {_parameters.Add(last.Place, NpgsqlDbType.Integer)})";
    }

    string Conditions(bool ofActors = true)
    {
        var sql = "";
        if (filter.Group is { } group) sql += $" and t.stream_id = {_parameters.Add(group, NpgsqlDbType.Uuid)}";
        if (filter.Types is [var type]) sql += $" and t.type = {_parameters.Text(type)}";
        else if (filter.Types is { } types) sql += $" and t.type = any({_parameters.Add(types.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})";
        if (ofActors && filter.Actors is [var actor]) sql += $" and t.actor = {_parameters.Text(actor)}";
        else if (ofActors && filter.Actors is { } actors) sql += $" and t.actor = any({_parameters.Add(actors.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})";
        if (filter.Request is { } request) sql += $" and t.request_id = {_parameters.Add(request, NpgsqlDbType.Uuid)}";
        return sql;
    }
}

using System.Globalization;
using NpgsqlTypes;
using Scim.Api.EventStore.Versions;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.EventStore.Queries;

/// <summary>By what a list of people is sorted.</summary>
internal enum PeopleOrder { Name, UserName, Changed }

/// <summary>Whom administrators look for; all that is named must be true of a person.</summary>
internal sealed record PeopleQuery
{
    /// <summary>The beginning of a name, a userName, an e-mail address, an externalId or an id; of several words each begins a name.</summary>
    internal string? Text { get; init; }

    /// <summary><c>active</c>, <c>inactive</c> or <c>suspended</c>, which no two are of one person.</summary>
    internal string? Status { get; init; }

    /// <summary>Where facts about the person came from.</summary>
    internal string? Source { get; init; }

    internal string? Department { get; init; }

    /// <summary>A group that the person is in, directly or through others.</summary>
    internal Guid? Group { get; init; }

    /// <summary>The instant from which on something of the person changed.</summary>
    internal DateTimeOffset? Since { get; init; }

    /// <summary>Whether only those are meant about whom nothing that signs people in has asked by a key.</summary>
    internal bool NeverSignedIn { get; init; }

    internal CheckedFilter? Filter { get; init; }

    internal PeopleOrder Order { get; init; }

    internal bool Descending { get; init; }

    /// <summary>Whether everybody is meant.</summary>
    internal bool IsAll => this is { Text: null, Status: null, Source: null, Department: null, Group: null, Since: null, NeverSignedIn: false, Filter: null };
}

/// <summary>
/// The statements of such a list. Names are found by ranges of an index; a page walks the index of its order from the key
/// where the one before ended, however far that is.
/// </summary>
sealed class PeopleSql(string tenant, DirectoryTables tables, Locations locations, PeopleQuery query)
{
    const int MostWords = 6, ShortestId = 8;

    readonly SqlParameters _parameters = new();

    internal IReadOnlyList<Npgsql.NpgsqlParameter> Parameters => _parameters.Values;

    internal string Count()
    {
        var organization = Organization();
        var found = Found(organization);
        return $"{With(found)}select count(*) {From(found, organization)}";
    }

    /// <summary>Columns of the shape, then <c>part</c> and <c>key</c> of each row; one row more than the page where there is a next.</summary>
    internal string Page<T>(Shape<T> shape, KeyPlace? after, int count)
    {
        var organization = Organization();
        var found = Found(organization);
        var most = _parameters.Add(count, NpgsqlDbType.Integer);
        var way = query.Descending ? "desc" : "asc";
        var parts = query.Order switch
        {
            PeopleOrder.UserName => new[] { Part(0, "(d.data->'match'->>'userName') collate \"C\"", "true") },
            PeopleOrder.Changed => [Part(0, "d.last_modified", "true")],
            // Who has no displayName is known by the userName, and stands behind the others.
            _ => [Part(0, "left(d.display_name_key, 256) collate \"C\"", "left(d.display_name_key, 256) collate \"C\" is not null"), Part(1, "(d.data->'match'->>'userName') collate \"C\"", "left(d.display_name_key, 256) collate \"C\" is null")],
        };
        var columns = $"n.part, n.key, {shape.PageColumns}";
        return $"{With(found, "k as materialized (" + $"select * from ({string.Join(" union all ", parts.OfType<string>())}) p order by p.part, p.key {way}, p.id {way} limit {most})")}, n as (select *, row_number() over () as n from k) " +
            $"select {columns} from n join {tables.Users} d on d.tenant_id = {organization} and d.id = n.id {shape.PageJoin("(select array_agg(k.id) from k)")} order by n.n";

        string? Part(int part, string key, string within)
        {
            if (after?.Part > part) return null;
            var beyond = after?.Part == part ? $" and ({key}, d.id) {(query.Descending ? "<" : ">")} ({Key(after.Key)}, {_parameters.Add(after.Id, NpgsqlDbType.Uuid)})" : "";
            return $"(select {part} as part, {key} as key, d.id {From(found, organization)} and {within}{beyond} order by {key} {way}, d.id {way} limit {most})";
        }

        string Key(string text) => query.Order == PeopleOrder.Changed
            ? _parameters.Add(DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? at.UtcDateTime : DateTime.UnixEpoch, NpgsqlDbType.TimestampTz)
            : _parameters.Text(text);
    }

    /// <summary>People by id after one, at most so many, by the columns of the shape.</summary>
    internal string After<T>(Shape<T> shape, Guid last, int count)
    {
        var organization = Organization();
        var found = Found(organization);
        return $"{With(found, "k as materialized (" + $"select d.id {From(found, organization)} and d.id > {_parameters.Add(last, NpgsqlDbType.Uuid)} order by d.id limit {_parameters.Add(count, NpgsqlDbType.Integer)})")} " +
            $"select {shape.PageColumns} from k join {tables.Users} d on d.tenant_id = {organization} and d.id = k.id {shape.PageJoin("(select array_agg(k.id) from k)")} order by d.id";
    }

    // The first parameter, as what is joined expects it.
    string Organization() => _parameters.Add(tenant, NpgsqlDbType.Varchar);

    static string With(string? found, string? more = null) =>
        (found, more) switch { (null, null) => "", (null, _) => $"with {more}", (_, null) => $"with f as materialized ({found}) ", _ => $"with f as materialized ({found}), {more}" };

    string From(string? found, string organization) =>
        $"from {(found is null ? "" : "f join ")}{tables.Users} d {(found is null ? $"where d.tenant_id = {organization}" : $"on d.tenant_id = {organization} and d.id = f.id where true")}{Conditions()}";

    // Ids that indexes find, where there are any such questions.
    string? Found(string organization)
    {
        var sets = new List<string>();
        if (query.Text is { } text) sets.Add($"select t.id from ({string.Join(" union ", Named(text, organization))}) t");
        if (query.Group is { } group) sets.Add($"select m.id from {tables.MembersOf(organization, _parameters.Add(group, NpgsqlDbType.Uuid))} m(id)");
        return sets.Count == 0 ? null : string.Join(" intersect ", sets);
    }

    IEnumerable<string> Named(string text, string organization)
    {
        yield return Known(text);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 1) yield return $"({string.Join(" intersect ", words.Take(MostWords).Select(Known))})";
        yield return $"select x.id from {tables.Users} x where x.tenant_id = {organization} and {new TextColumn("x.external_id", Prefixed: true).Compare(FilterOperator.Sw, text, _parameters)}";
        if (Ids(text) is var (first, last))
            yield return $"select x.id from {tables.Users} x where x.tenant_id = {organization} and x.id between {_parameters.Add(first, NpgsqlDbType.Uuid)} and {_parameters.Add(last, NpgsqlDbType.Uuid)}";

        string Known(string name) =>
            $"select k.person_id as id from directory.known_as k where k.tenant_id = {organization} and {new TextColumn("k.value").Compare(FilterOperator.Sw, NamesOfUser.KeyOf(name), _parameters)} and {Stood}";
    }

    string Stood => tables.Position is not { } position
        ? $"k.to_position = {VersionBatch.Open.ToString(CultureInfo.InvariantCulture)}"
        : $"k.from_position <= {position.ToString(CultureInfo.InvariantCulture)} and k.to_position > {position.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The first and the last id that begin so; null for what begins none, or too many.</summary>
    static (Guid First, Guid Last)? Ids(string text)
    {
        var digits = text.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length is < ShortestId or > 32 || !digits.All(char.IsAsciiHexDigit)) return null;
        return (Guid.ParseExact(digits.PadRight(32, '0'), "N"), Guid.ParseExact(digits.PadRight(32, 'f'), "N"));
    }

    string Conditions()
    {
        const string active = "coalesce(d.data->'resource'->>'active' = 'true', false)", suspended = "coalesce(d.data->'state'->>'suspended' = 'true', false)";
        var sql = query.Status switch
        {
            "active" => $" and {active} and not {suspended}",
            "inactive" => $" and not {active} and not {suspended}",
            "suspended" => $" and {suspended}",
            _ => "",
        };
        if (query.Source is { } source) sql += $" and d.data->'state'->'sources' @> {_parameters.Json(System.Text.Json.JsonSerializer.Serialize(new[] { source }))}";
        if (query.Department is { } department) sql += $" and d.data->'match'->'{EnterpriseUserSchema.Urn}'->>'department' = {_parameters.Text(CanonicalKey.Of(department))}";
        if (query.Since is { } since) sql += $" and d.last_modified >= {_parameters.Add(since.UtcDateTime, NpgsqlDbType.TimestampTz)}";
        if (query.NeverSignedIn)
            sql += $" and not exists (select from history.read_record r where r.tenant_id = d.tenant_id and r.person_id = d.id and r.kind = 'access' and r.actor like 'key:%'{UntilThen})";
        if (query.Filter is { } filter) sql += $" and {FilterSql.Where(filter, new UserColumns(tenant, tables, locations), _parameters)}";
        return sql;
    }

    string UntilThen => tables.Position is not { } position ? ""
        : $" and r.first_at <= (select max(c.instant) from history.commit_log c where c.tenant_id = d.tenant_id and c.position = {position.ToString(CultureInfo.InvariantCulture)})";
}

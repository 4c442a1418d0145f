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

    /// <summary>Until when they have not; null for until now.</summary>
    internal DateTimeOffset? SignedInUntil { get; init; }

    internal CheckedFilter? Filter { get; init; }

    /// <summary>Found by a text, so many are counted; of more it is only said that they are.</summary>
    internal int Counted { get; init; } = 2_000;

    internal PeopleOrder Order { get; init; }

    internal bool Descending { get; init; }

    /// <summary>Whether everybody is meant whom the text finds.</summary>
    internal bool IsByTextAlone => this is { Status: null, Source: null, Department: null, Group: null, Since: null, NeverSignedIn: false, Filter: null };
}

/// <summary>
/// The statements of such a list. Names are found by ranges of an index; a page walks the index of its order from the key
/// where the one before ended, however far that is.
/// </summary>
/// <param name="broad">Whether the text finds so many that they are better met on the walk than found beforehand.</param>
sealed class PeopleSql(string tenant, DirectoryTables tables, Locations locations, PeopleQuery query, bool broad)
{
    // Of one person, so many names at most begin alike.
    const int MostWords = 6, ShortestId = 8, NamesEach = 8;

    readonly SqlParameters _parameters = new();

    internal IReadOnlyList<Npgsql.NpgsqlParameter> Parameters => _parameters.Values;

    /// <summary>Whether the text finds more than are counted, and whether that is sure of it as a whole, not only of each of its words.</summary>
    internal static async Task<(bool Broad, bool IsSure)> Breadth(Npgsql.NpgsqlDataSource source, string tenant, DirectoryTables tables, PeopleQuery query, CancellationToken ct)
    {
        if (query.Text is not { } text) return default;
        var sql = new PeopleSql(tenant, tables, new(""), query, false);
        var organization = sql.Organization();
        var words = Words(text).Select(w => Few(sql.Known(w, organization))).ToArray();
        await using var command = source.CreateCommand($"select greatest({Few(sql.Known(text, organization))}, {Few(sql.ByExternalId(text, organization))}), {(words.Length > 1 ? $"least({string.Join(", ", words)})" : "0::bigint")}");
        command.Parameters.AddRange(sql.Parameters.ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var isSure = reader.GetInt64(0) > query.Counted;
        return (isSure || reader.GetInt64(1) > query.Counted, isSure);

        string Few(string some) => $"(select count(distinct s.id) from ({some} limit {((query.Counted + 1) * NamesEach).ToString(CultureInfo.InvariantCulture)}) s)";
    }

    /// <summary>Of what a text finds in many, one more than are counted at most.</summary>
    internal string Count()
    {
        var organization = Organization();
        var found = Found(organization);
        var people = From(found, organization);
        if (broad) people = $"from (select {people} limit {(query.Counted + 1).ToString(CultureInfo.InvariantCulture)}) c";
        return $"{With(found)}select count(*) {people}";
    }

    /// <summary>Columns of the shape, then <c>part</c> and <c>key</c> of each row; one row more than the page where there is a next.</summary>
    internal string Page<T>(Shape<T> shape, KeyPlace? after, int count)
    {
        var organization = Organization();
        var found = Found(organization);
        var most = _parameters.Add(count, NpgsqlDbType.Integer);
        var way = query.Descending ? "desc" : "asc";
        if (query.Order != PeopleOrder.Name && after is { Part: not 0 }) after = null; // a place in another order
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

    string From(string? found, string organization)
    {
        var people = (found, IsShutOut) switch
        {
            (null, _) => $"from {tables.Users} d where d.tenant_id = {organization}",
            (_, true) => $"from f cross join lateral (select * from {tables.Users} d where d.tenant_id = {organization} and d.id = f.id offset 0) d where true",
            _ => $"from f join {tables.Users} d on d.tenant_id = {organization} and d.id = f.id where true",
        };
        return people + Conditions(organization);
    }

    bool IsShutOut => query.Status is "inactive" or "suspended";

    // Ids that indexes find, where there are any such questions.
    string? Found(string organization)
    {
        var sets = new List<string>();
        if (!broad && query.Text is { } text) sets.Add($"select t.id from ({string.Join(" union ", Named(text, organization))}) t");
        // The words of their index, and nothing more; the planner takes them for many, and would read everybody.
        if (IsShutOut) sets.Add($"select x.id from {tables.Users} x where x.tenant_id = {organization} and ((x.data->'resource'->>'active') is distinct from 'true' or (x.data->'state'->>'suspended') = 'true')");
        if (query.Group is { } group) sets.Add($"select m.id from {tables.MembersOf(organization, _parameters.Add(group, NpgsqlDbType.Uuid))} m(id)");
        return sets.Count == 0 ? null : string.Join(" intersect ", sets);
    }

    IEnumerable<string> Named(string text, string organization)
    {
        yield return Known(text, organization);
        if (Words(text) is { Length: > 1 } words) yield return $"({string.Join(" intersect ", words.Select(w => Known(w, organization)))})";
        yield return ByExternalId(text, organization);
        if (Ids(text) is var (first, last))
            yield return $"select x.id from {tables.Users} x where x.tenant_id = {organization} and x.id between {_parameters.Add(first, NpgsqlDbType.Uuid)} and {_parameters.Add(last, NpgsqlDbType.Uuid)}";
    }

    // The same of a person who is met; each question is one that the planner cannot turn into finding everybody.
    IEnumerable<string> IsNamed(string text, string organization)
    {
        yield return Has(text);
        if (Words(text) is { Length: > 1 } words) yield return $"({string.Join(" and ", words.Select(Has))})";
        yield return new TextColumn("d.external_id", Prefixed: true).Compare(FilterOperator.Sw, text, _parameters);
        if (Ids(text) is var (first, last)) yield return $"d.id between {_parameters.Add(first, NpgsqlDbType.Uuid)} and {_parameters.Add(last, NpgsqlDbType.Uuid)}";

        string Has(string name) => $"coalesce((select true from ({Known(name, organization, " and k.person_id = d.id")}) h limit 1), false)";
    }

    string Known(string name, string organization, string of = "") =>
        $"select k.person_id as id from directory.known_as k where k.tenant_id = {organization}{of} and {new TextColumn("k.value").Compare(FilterOperator.Sw, NamesOfUser.KeyOf(name), _parameters)} and {Stood}";

    string ByExternalId(string text, string organization) =>
        $"select x.id from {tables.Users} x where x.tenant_id = {organization} and {new TextColumn("x.external_id", Prefixed: true).Compare(FilterOperator.Sw, text, _parameters)}";

    static string[] Words(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MostWords)];

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

    string Conditions(string organization)
    {
        const string active = "coalesce(d.data->'resource'->>'active' = 'true', false)", suspended = "coalesce(d.data->'state'->>'suspended' = 'true', false)";
        var sql = query.Status switch
        {
            "active" => $" and {active} and not {suspended}",
            "inactive" => $" and not {active} and not {suspended}",
            "suspended" => $" and {suspended}",
            _ => "",
        };
        if (broad) sql += $" and ({string.Join(" or ", IsNamed(query.Text!, organization))})";
        if (query.Source is { } source) sql += $" and d.data->'state'->'sources' @> {_parameters.Json(System.Text.Json.JsonSerializer.Serialize(new[] { source }))}";
        if (query.Department is { } department) sql += $" and d.data->'match'->'{EnterpriseUserSchema.Urn}'->>'department' = {_parameters.Text(CanonicalKey.Of(department))}";
        if (query.Since is { } since) sql += $" and d.last_modified >= {_parameters.Add(since.UtcDateTime, NpgsqlDbType.TimestampTz)}";
        if (query.NeverSignedIn)
            sql += $" and not exists (select from history.read_record r where r.tenant_id = d.tenant_id and r.person_id = d.id and r.kind = 'access' and r.actor like 'key:%'{(query.SignedInUntil is { } until ? $" and r.first_at <= {_parameters.Add(until.UtcDateTime, NpgsqlDbType.TimestampTz)}" : "")})";
        if (query.Filter is { } filter) sql += $" and {FilterSql.Where(filter, new UserColumns(tenant, tables, locations), _parameters)}";
        return sql;
    }
}

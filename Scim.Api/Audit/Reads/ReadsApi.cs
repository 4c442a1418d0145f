using NpgsqlTypes;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Reads;

/// <summary>Who read what is personal: <c>/api/organizations/{organization}/audit/reads</c>.</summary>
internal static class ReadsApi
{
    const int DefaultCount = 100, MaxCount = 1000;

    internal static RouteGroupBuilder MapReads(this RouteGroupBuilder audit)
    {
        audit.MapGet("/reads", List).WithSummary("Lists who read personal data, newest first: of a person, by an actor, of a kind, from and to");
        return audit;
    }

    static async Task<IResult> List(Guid organization, HttpContext http, Placement placement, OrganizationAdministration organizations)
    {
        var (count, parameters) = (AskedParameter.Count(http, DefaultCount, MaxCount), new SqlParameters());
        var sql = Sql(organization, http, parameters, count);
        await using var command = placement.Of(Placement.Tenant(organization)).Write.CreateCommand(sql);
        command.Parameters.AddRange(parameters.Values.ToArray());
        var labels = new ActorLabels(await organizations.Find(organization, http.RequestAborted));
        var found = new List<ReadView>();
        await using var reader = await command.ExecuteReaderAsync(http.RequestAborted);
        while (await reader.ReadAsync(http.RequestAborted))
            found.Add(new(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2), labels.Of(reader.GetString(3)), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetGuid(5)));
        var page = found.Take(count).ToArray();
        return Results.Json(new ReadsView(page, found.Count > count ? new RequestLogFilter.Cursor(page[^1].FirstAt, page[^1].Id).ToString() : null), EventStoreOptions.Json);
    }

    static string Sql(Guid organization, HttpContext http, SqlParameters parameters, int count)
    {
        var terms = new List<string> { $"tenant_id = {parameters.Add(Placement.Tenant(organization), NpgsqlDbType.Varchar)}" };
        if (AskedParameter.Id(http, "person") is { } person) terms.Add($"person_id = {parameters.Add(person, NpgsqlDbType.Uuid)}");
        if (AskedParameter.One(http, "actor") is { } actor) terms.Add($"actor = {parameters.Text(Plain(actor))}");
        if (AskedParameter.One(http, "kind") is { } kind) terms.Add($"kind = {parameters.Text(Plain(kind))}");
        if (AskedParameter.One(http, "from") is { } from) terms.Add($"first_at >= {parameters.Add(AskedMoment.Instant(from, "from").ToUniversalTime(), NpgsqlDbType.TimestampTz)}");
        if (AskedParameter.One(http, "to") is { } to) terms.Add($"first_at < {parameters.Add(AskedMoment.Instant(to, "to").ToUniversalTime(), NpgsqlDbType.TimestampTz)}");
        if (AskedParameter.One(http, "cursor") is { } cursor)
        {
            var (at, after) = RequestLogFilter.Cursor.Parse(cursor) ?? throw ScimException.BadRequest("cursor is what the page before gave as next.");
            terms.Add($"(first_at, id) < ({parameters.Add(at, NpgsqlDbType.TimestampTz)}, {parameters.Add(after, NpgsqlDbType.Uuid)})");
        }
        return $"select id, minute, first_at, actor, kind, person_id from history.read_record where {string.Join(" and ", terms)} order by first_at desc, id desc limit {parameters.Add((long)count + 1, NpgsqlDbType.Bigint)}";
    }

    static string Plain(string text) => text.Contains('\0', StringComparison.Ordinal) ? throw ScimException.BadRequest("There is no U+0000 in a name.") : text;
}

/// <summary>A page of readings.</summary>
internal sealed record ReadsView(ReadView[] Reads, string? Next);

/// <summary>That somebody read a person, or a list where no person is named, within a minute.</summary>
internal sealed record ReadView(Guid Id, DateTimeOffset Minute, DateTimeOffset FirstAt, ActorView By, string Kind, Guid? Person);

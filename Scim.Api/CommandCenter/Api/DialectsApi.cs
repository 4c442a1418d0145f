using System.Globalization;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Provisioning.Dialects;
using Scim.Domain.Dialects;

namespace Scim.Api.CommandCenter.Api;

/// <summary>What an organization's identity providers were forgiven, and what of theirs is mapped to nothing.</summary>
internal static class DialectsApi
{
    internal static void MapDialects(this RouteGroupBuilder organization)
    {
        organization.MapGet("/dialects", Dialects).WithSummary("Lists what identity providers were forgiven, counted by provider and repair");
        organization.MapGet("/unmapped", Unmapped).WithSummary("Lists the attributes that were skipped because no schema knows them; never their values");
    }

    static async Task<IResult> Dialects(Guid organization, OrganizationAdministration organizations, DialectReport report, HttpContext http)
    {
        var labels = (await organizations.Find(organization, http.RequestAborted))!.Tokens.ToDictionary(t => t.Id, t => t.Label);
        return TypedResults.Ok((await report.Dialects(organization, http.RequestAborted)).Select(r => View(r, r.LastToken is { } token ? labels.GetValueOrDefault(token) : null)).ToArray());
    }

    static async Task<IResult> Unmapped(Guid organization, DialectReport report, HttpContext http) =>
        TypedResults.Ok((await report.Unmapped(organization, http.RequestAborted)).Select(View).ToArray());

    static DialectView View(DialectRow row, string? token)
    {
        var by = token is null ? "" : $", last by token {token}";
        var sentence = row.Today > 0
            ? $"{Times(row.Today)} today: {row.Repair}{by}."
            : $"{Times(row.Last30Days)} within 30 days, last on {row.LastAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: {row.Repair}{by}.";
        return new(row.Provider, row.Repair, row.Today, row.Last30Days, row.LastAt, token, sentence);
    }

    static UnmappedView View(UnmappedRow row)
    {
        var path = MappingAdvice.For(row.Name);
        var advice = path is not null ? $"Map it to {path} in the identity provider."
            : row.Name == "members" ? "Assign these people to the application, or push these groups: a group keeps only members that are provisioned." : null;
        return new(row.Name, row.Provider, row.Count, row.JsonType, row.LastRequest, row.LastAt, path, advice);
    }

    static string Times(long count) => count == 1 ? "Repaired once" : $"Repaired {count.ToString(CultureInfo.InvariantCulture)} times";
}

/// <summary>How often a provider was forgiven a deviation, today and within 30 days of UTC.</summary>
internal sealed record DialectView(string Provider, string Repair, long Today, long Last30Days, DateTimeOffset LastAt, string? LastToken, string Sentence);

/// <summary>A name that no schema knows; <c>type</c> is the JSON type of its last value, <c>mapTo</c> the attribute that was probably meant.</summary>
internal sealed record UnmappedView(string Name, string Provider, long Count, string Type, Guid LastRequest, DateTimeOffset LastAt, string? MapTo, string? Advice);

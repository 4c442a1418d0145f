using Scim.Api.Audit.Reads;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Causes;

/// <summary>Why a person has access or none, and everything else about that person: <c>/api/organizations/{organization}/audit/why</c>.</summary>
internal static class WhyApi
{
    internal static void MapWhy(this RouteGroupBuilder audit) =>
        audit.MapGet("/why", Why).WithSummary("Says why a person (person, an id; or userName, email, name, externalId of any time) has access or none, and of each attribute and membership which event made it so; also of somebody who is not there");

    static async Task<IResult> Why(Guid organization, HttpContext http, Explainer explainer, Moments moments)
    {
        var asked = new[] { "person", "userName", "email", "name", "externalId" }.Select(name => (Name: name, Text: AskedParameter.One(http, name))).Where(a => a.Text is not null).ToArray();
        if (asked is not [var (by, text)]) throw ScimException.BadRequest("Say whom you mean by one of person, userName, email, name, externalId.");
        if (text!.Length > 1024 || text.Contains('\0', StringComparison.Ordinal)) throw ScimException.BadRequest($"{by} has at most 1024 characters, and none of them is U+0000.");
        if (by == "person" && !Guid.TryParse(text, out _)) throw ScimException.BadRequest("person is an id.");
        await moments.Now(organization, http.RequestAborted);
        var explanation = await explainer.Explain(organization, by, text, http.RequestAborted);
        http.ReadsOf(explanation.People.Select(p => p.Id));
        return Results.Json(explanation, EventStoreOptions.Json);
    }
}

using FluentValidation;
using Scim.Api.Audit.Comparison;
using Scim.Api.Audit.Reads;
using Scim.Api.Audit.Review;
using Scim.Api.Audit.Sheets;
using Scim.Api.Audit.SignIn;
using Scim.Api.Audit.Timeline;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Export;

/// <summary>The sheets that can be exported, by their names in the address.</summary>
internal sealed class ExportSheets(ExportedEvents events, DirectoryDifference differences, AccessReview review, Leavers leavers, AccessChanges changes, UserDirectory people, Moments moments, Placement placement,
    PublicOrigin origin, TimelineQuestions questions, RequestLogReader log)
{
    /// <summary>The parameters that a manifest keeps.</summary>
    internal static readonly string[] Parameters = ["at", "position", "from", "to", "fromPosition", "toPosition", "person", "group", "type", "actor", "token", "request", "name",
        "kind", "action", "resource", "provider", "status", "scimType", "requestId", "q"];

    /// <summary>The sheet, and the positions that it is about; requests have none.</summary>
    /// <exception cref="ScimException">404 for what there is not, 400 for a moment that cannot be.</exception>
    internal async Task<(Sheet Sheet, long? First, long? Last)> Of(Guid organization, string what, HttpContext http)
    {
        var (epoch, ct) = (placement.EpochOf(organization), http.RequestAborted);
        switch (what)
        {
            case "directory":
                var (at, locations) = (await AskedMoment.Of(http, organization, moments, placement), DirectoryApi.Locations(http, origin, organization));
                return (Plain("directory", ExportedPerson.Columns, people.At(at).All(organization, ct).Select(u => ExportedPerson.Row(u, locations))), at, at);
            case "review":
                var moment = await AskedMoment.Of(http, organization, moments, placement);
                return (review.Sheet(organization, moment, ct), moment, moment);
            case "leavers":
                var query = await ReviewApi.Asked(organization, http, moments, placement);
                return (leavers.Sheet(organization, query, ct), query.From, query.To);
            case "difference":
                var (from, to) = await AskedPeriod.Of(http, organization, moments, placement);
                return (DifferenceSheet.Of(differences.Rows(organization, new(from, to, AskedParameter.Id(http, "person"), AskedParameter.Id(http, "group")), ct), organization, epoch), from, to);
            case "access":
                var (after, end) = await AskedPeriod.Of(http, organization, moments, placement, fromBeginning: true);
                return (Plain("access", ["position", "at", "kind", "id", "begins", "member", "memberType"], changes.Between(organization, after, end, ct).Select(c => Row(c, epoch))), after, end);
            case "events":
                var (begin, until) = await AskedPeriod.Of(http, organization, moments, placement, fromBeginning: true);
                return (Plain("events", ExportedEvent.Columns, (await Narrowed(organization, http) is { } filter ? events.Matching(organization, filter with { First = begin + 1, Last = until }, ct) : events.Between(organization, begin, until, ct)).Select(e => ExportedEvent.Row(e.Event, e.Position))), begin, until);
            case "requests":
                var requests = await Requests(organization, http);
                return (Plain("requests", ExportedRequest.Columns, log.All(organization, requests, ct).Select(ExportedRequest.Row)), null, null);
            default:
                throw ScimException.NotFound("Export", what);
        }
    }

    // Null where everything is asked for.
    async Task<TimelineFilter?> Narrowed(Guid organization, HttpContext http)
    {
        var asked = new AskedEvents
        {
            Person = AskedParameter.One(http, "person"),
            Group = AskedParameter.One(http, "group"),
            Type = AskedParameter.One(http, "type"),
            Actor = AskedParameter.One(http, "actor"),
            Token = AskedParameter.One(http, "token"),
            Request = AskedParameter.One(http, "request"),
            Name = AskedParameter.One(http, "name"),
        };
        if (asked == new AskedEvents()) return null;
        var result = await new AskedEventsRules<AskedEvents>().ValidateAsync(asked);
        return result.IsValid ? await questions.Filter(organization, asked, http.RequestAborted) : throw new ValidationException(result.Errors);
    }

    // Whoever is named in the question is read, whatever is found.
    async Task<RequestLogFilter> Requests(Guid organization, HttpContext http)
    {
        var asked = new AskedRequests(One("kind"), One("action"), One("resource"), One("person"), One("token"), One("provider"), One("status"), One("scimType"), One("requestId"), One("from"), One("to"), One("q"));
        var filter = await asked.Filter(organization, log, http.RequestAborted);
        http.ReadsOf(filter.Person?.Ids ?? []);
        return filter;

        string? One(string name) => AskedParameter.One(http, name);
    }

    static Sheet Plain(string name, string[] columns, IAsyncEnumerable<SheetRow> rows) => new(name, name, [], columns, rows);

    static SheetRow Row(AccessChange c, int epoch)
    {
        var view = AccessChangeView.Of(c, epoch);
        return new(view, c.Position, view.Position, c.At is { } at ? ScimDateTime.Print(at) : null, c.Member is null ? "person" : "membership", c.Id.ToString("D"), c.Begins ? "true" : "false", c.Member?.ToString("D"), c.Member is null ? null : c.IsGroup ? "Group" : "User");
    }
}

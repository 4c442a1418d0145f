using System.Globalization;
using FluentValidation;
using Scim.Api.Audit.Reads;
using Scim.Api.EventStore;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Api;

/// <summary>What an organization's identity provider sent and what became of it: <c>/api/organizations/{organization}/requests</c>.</summary>
internal static class RequestsApi
{
    internal static void MapRequests(this RouteGroupBuilder requests)
    {
        requests.MapGet("", List).WithSummary("Lists requests, newest first; kind is all, errors or writes, status may be a class such as 4xx, person an id, a userName or an externalId");
        requests.MapGet("/errors", Errors).WithSummary("Groups recurring errors, with what to do next");
        requests.MapGet("/{id:guid}", Read).WithSummary("Reads one request with its bodies, its events and what to do next");
    }

    static async Task<IResult> List(Guid organization, [AsParameters] RequestsQuery query, RequestLogReader log, HttpContext http)
    {
        var result = await new Rules().ValidateAsync(query);
        if (!result.IsValid) throw new ValidationException(result.Errors);
        var filter = new RequestLogFilter
        {
            Kind = query.Kind,
            Action = Given(query.Action),
            Resource = Given(query.Resource),
            Person = Given(query.Person) is { } person ? await log.Person(organization, person, http.RequestAborted) : null,
            Token = Given(query.Token),
            Provider = Given(query.Provider),
            Status = Given(query.Status),
            ScimType = Given(query.ScimType),
            RequestId = Given(query.RequestId),
            From = Instant(query.From),
            To = Instant(query.To),
            Text = Given(query.Q),
            After = query.Cursor is null ? null : RequestLogFilter.Cursor.Parse(query.Cursor),
        };
        if (filter.Person is { } people) http.ReadsOf(people.Ids);
        return Json(await log.List(organization, filter, query.Count is null ? 50 : int.Parse(query.Count, CultureInfo.InvariantCulture), http.RequestAborted));
    }

    static async Task<IResult> Read(Guid organization, Guid id, RequestLogReader log, HttpContext http)
    {
        var found = await log.Find(organization, id, http.RequestAborted) ?? throw ScimException.NotFound("Request", id.ToString("D"));
        if (found.Person is { } person) http.ReadsOf(person);
        return Json(found);
    }

    static async Task<IResult> Errors(Guid organization, string? from, RequestLogReader log, TimeProvider clock, HttpContext http)
    {
        var result = await new Rules().ValidateAsync(new RequestsQuery(From: from));
        if (!result.IsValid) throw new ValidationException(result.Errors);
        return Json(await log.Errors(organization, Instant(from) ?? clock.GetUtcNow().AddDays(-30), http.RequestAborted));
    }

    static IResult Json<T>(T value) => Results.Json(value, EventStoreOptions.Json);

    static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;

    sealed class Rules : AbstractValidator<RequestsQuery>
    {
        public Rules()
        {
            RuleFor(q => q.Kind).Must(k => k is null or "all" or "errors" or "writes").WithMessage("kind is all, errors or writes.").OverridePropertyName("kind");
            RuleFor(q => q.Status).Matches("^[1-5]([0-9][0-9]|[xX][xX])$").When(q => Given(q.Status) is not null).WithMessage("status is a number such as 409, or a class such as 4xx.").OverridePropertyName("status");
            RuleFor(q => q.From).Must(IsInstant).WithMessage("from is an instant such as 2026-01-31T12:00:00Z.").OverridePropertyName("from");
            RuleFor(q => q.To).Must(IsInstant).WithMessage("to is an instant such as 2026-01-31T12:00:00Z.").OverridePropertyName("to");
            RuleFor(q => q.Cursor).Must(c => c is null || RequestLogFilter.Cursor.Parse(c) is not null).WithMessage("cursor is what the page before gave as next.").OverridePropertyName("cursor");
            RuleFor(q => q.Count).Must(c => c is null || int.TryParse(c, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 200).WithMessage("count is from 1 to 200.").OverridePropertyName("count");
            foreach (var (name, text) in new (string, Func<RequestsQuery, string?>)[] { ("action", q => q.Action), ("resource", q => q.Resource), ("token", q => q.Token), ("provider", q => q.Provider), ("scimType", q => q.ScimType), ("requestId", q => q.RequestId), ("q", q => q.Q), ("person", q => q.Person) })
                RuleFor(q => text(q)).Must(t => t is null || t.Length <= 256 && !t.Contains('\0', StringComparison.Ordinal)).WithMessage($"{name} has at most 256 characters, and none of them is U+0000.").OverridePropertyName(name);
        }

        static bool IsInstant(string? text) => text is null || Instant(text) is not null;
    }
}

/// <summary>What may be asked of the log.</summary>
internal sealed record RequestsQuery(string? Kind = null, string? Action = null, string? Resource = null, string? Person = null, string? Token = null, string? Provider = null, string? Status = null,
    string? ScimType = null, string? RequestId = null, string? From = null, string? To = null, string? Q = null, string? Cursor = null, string? Count = null);

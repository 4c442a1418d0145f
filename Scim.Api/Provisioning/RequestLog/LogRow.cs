using Microsoft.AspNetCore.WebUtilities;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>A request understood: what stands open, what is to be sealed, and whom it names.</summary>
internal sealed record LogRow(LogEntry Entry, string Tenant, string Provider, string Action, LogContent? Content, Guid? Person, byte[][] Subjects)
{
    internal Guid? ResourceId => Guid.TryParseExact(Entry.ResourceId, "D", out var id) ? id : null;

    internal DateOnly Day => DateOnly.FromDateTime(Entry.At.UtcDateTime);

    internal static LogRow Of(LogEntry entry, MasterKey master)
    {
        var tenant = Placement.Tenant(entry.Organization);
        if (entry.Token is null && !entry.Rebuilt)
            return new(entry, tenant, Domain.Dialects.Provider.Of(entry.Agent, "", entry.Headers, []), LoggedAction.OfStranger.Kind, null, null, []);

        var bodies = entry.Bodies;
        var request = bodies is null ? null : LoggedBody.Of(bodies.Request.Bytes.Span, bodies.Request.Total) ?? (entry.BytesIn > 0 ? LoggedBody.Unread(entry.BytesIn) : null);
        var answer = bodies is null ? null : LoggedBody.Of(bodies.Answer.Bytes.Span, bodies.Answer.Total);
        var query = QueryHelpers.ParseQuery(entry.Query).GroupBy(p => p.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.First().Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var search = entry.ResourceId == LoggedAction.Search ? request?.Value as ScimObject : null;
        var filter = search is null ? query.GetValueOrDefault("filter") : search["filter"]?.AsString;
        var action = LoggedAction.Of(new Told(entry.Verb, entry.ResourceType, entry.ResourceId, entry.Status)
        {
            ScimType = entry.ScimType,
            Filter = filter,
            StartIndex = query.GetValueOrDefault("startIndex"),
            Count = query.GetValueOrDefault("count"),
            Request = request?.Value as ScimObject,
            Answer = entry.Status < 400 ? answer?.Value as ScimObject : null,
            Events = [.. entry.Events.Select(e => e.Type)],
            KnownAs = entry.Name,
        });
        var content = new LogContent(Redaction.Text(action.Sentence), entry.Detail is { } detail ? Redaction.Tokens(detail) : null,
            entry.Path.Length > 0 ? Redaction.Text(entry.Path) : null, entry.Query.Length > 0 ? Redaction.Text(Uri.UnescapeDataString(entry.Query.Replace('+', ' '))) : null, request, answer);
        var row = new LogRow(entry, tenant, Domain.Dialects.Provider.Of(entry.Agent, entry.Path + entry.Query, entry.Headers, Ops(request)), action.Kind, content, PersonOf(entry, answer), []);
        return row with { Subjects = Named(row, filter, master) };
    }

    static byte[][] Named(LogRow row, string? filter, MasterKey master)
    {
        var subjects = new Subjects(master.SubjectKey(row.Tenant));
        subjects.Body(row.Content!.Request?.Value);
        subjects.Body(row.Content.Answer?.Value);
        subjects.Filter(filter);
        subjects.Name(row.Entry.Name);
        if (row.ResourceId is { } id) subjects.Id(id);
        return subjects.Hashes();
    }

    // Only where the request is about that one person: a list or a look-up is about whoever it finds.
    static Guid? PersonOf(LogEntry entry, LoggedBody? answer)
    {
        if (entry.ResourceType != "Users") return null;
        if (Guid.TryParseExact(entry.ResourceId, "D", out var id)) return id;
        if (entry.Verb != "POST" || entry.ResourceId is not null) return null;
        if (entry.Events.Count > 0) return entry.Events[0].Stream;
        return entry.Status < 400 && Guid.TryParseExact((answer?.Value as ScimObject)?["id"]?.AsString, "D", out id) ? id : null;
    }

    static IEnumerable<string> Ops(LoggedBody? request) => LoggedAction.Operations(request?.Value as ScimObject).Select(o => o["op"]?.AsString).OfType<string>();
}

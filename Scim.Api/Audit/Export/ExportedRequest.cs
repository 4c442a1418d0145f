using System.Globalization;
using Scim.Api.Audit.Sheets;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Export;

/// <summary>A logged request as exports show it: as the list has it, without bodies; what of it can be read no more is empty.</summary>
static class ExportedRequest
{
    internal static readonly string[] Columns = ["id", "at", "lastAt", "count", "verb", "route", "action", "sentence", "status", "scimType", "detail", "token", "provider", "providerRequest", "person", "resourceType", "resourceId",
        "milliseconds", "events", "repairs", "unmapped", "content", "address", "agent"];

    internal static SheetRow Row(LoggedRequest r) => new(r, null, r.Id.ToString("D"), ScimDateTime.Print(r.At), r.LastAt is { } last ? ScimDateTime.Print(last) : null, Number(r.Count), r.Verb, r.Route, r.Action, r.Sentence, Number(r.Status),
        r.ScimType, r.Detail, r.Token?.Label ?? r.Token?.End, r.Provider, r.ProviderRequest, r.Person?.ToString("D"), r.ResourceType, r.ResourceId?.ToString("D"),
        Number(r.Milliseconds), string.Join("; ", r.Events.Select(e => $"{e.Type} {e.Id:D}")), string.Join("; ", r.Repairs), string.Join("; ", r.Unmapped), r.Content, r.Address, r.Agent);

    static string Number(long n) => n.ToString(CultureInfo.InvariantCulture);
}

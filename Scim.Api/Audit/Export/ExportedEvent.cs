using System.Globalization;
using Scim.Api.Audit.Sheets;
using Scim.Api.Audit.Timeline;
using Scim.Api.EventStore;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Export;

/// <summary>An event as exports show it: as the timeline tells it, in a line.</summary>
internal static class ExportedEvent
{
    internal static readonly string[] Columns = ["id", "position", "at", "sentence", "type", "subjectType", "subjectId", "subject", "actor", "request", "version", "data"];

    internal static SheetRow Row(ToldEvent e, long position) => new(e, position, e.Id, e.Position, ScimDateTime.Print(e.At), e.Sentence, e.Type, e.Subject.Type, e.Subject.Id.ToString("D"), e.Subject.Name, e.Actor.Name, e.Request,
        e.Version.ToString(CultureInfo.InvariantCulture), e.Data?.ToJsonString(EventStoreOptions.Json));
}

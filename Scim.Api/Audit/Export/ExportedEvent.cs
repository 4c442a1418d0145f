using System.Globalization;
using System.Text.Json.Nodes;
using Scim.Api.Audit.Sheets;
using Scim.Api.CommandCenter.Api;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Export;

/// <summary>An event as exports show it: personal values in clear, those of an erased person as erased.</summary>
/// <param name="Id">As the timeline has it, with the epoch: <c>epoch.position.place</c>.</param>
internal sealed record ExportedEvent(string Id, string Position, DateTimeOffset At, string Type, Guid Stream, long Version, ActorView By, Guid? Request, bool Erased, JsonNode? Data)
{
    internal static readonly string[] Columns = ["id", "position", "at", "type", "stream", "version", "by", "request", "erased", "data"];

    internal static SheetRow Row(long position, int place, Guid? request, RecordedEvent recorded, ActorLabels labels, int epoch)
    {
        var (shown, at) = (ShownEvent.Of(recorded), new Position(epoch, position).ToString());
        var view = new ExportedEvent(string.Create(CultureInfo.InvariantCulture, $"{at}.{place}"), at, shown.At, shown.Type, recorded.Stored.StreamId, shown.Version, labels.Of(shown.Actor), request, recorded.IsErased, shown.Data);
        return new(view, position, view.Id, at, ScimDateTime.Print(view.At), view.Type, view.Stream.ToString("D"), view.Version.ToString(CultureInfo.InvariantCulture), view.By.ToString(), request?.ToString("D"),
            view.Erased ? "true" : "false", view.Data?.ToJsonString(EventStoreOptions.Json));
    }
}

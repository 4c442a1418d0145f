using System.Text.Json.Nodes;
using Npgsql;
using Scim.Api.Access;
using Scim.Api.CommandCenter.Api;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;

namespace Scim.Api.Audit.Timeline;

/// <summary>An event of the timeline as it was read.</summary>
internal sealed record TimelineRow(EventPlace Place, Guid? Request, RecordedEvent Recorded);

/// <summary>Tells events: a page of them with one query for the names in it.</summary>
internal sealed class Teller(OrganizationCache organizations, Placement placement)
{
    const string Erased = "erased";

    internal async Task<IReadOnlyList<ToldEvent>> Tell(NpgsqlConnection connection, Guid organization, IReadOnlyList<TimelineRow> rows, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        var names = await Names.At(connection, tenant, [.. rows.Where(r => r.Recorded.Event is not OrganizationEvent).SelectMany(r => Mentioned(r.Recorded.Event).Select(id => (id, r.Place.Position))).Distinct()], ct);
        var state = await State(organization, rows, ct);
        var epoch = placement.EpochOf(organization);
        return [.. rows.Select(row =>
        {
            var stored = row.Recorded.Stored;
            var actor = Actors.Of(stored.UserName, stored.Headers.GetValueOrDefault("agent"), state);
            var telling = new Telling(actor.Name, id => row.Recorded.Event is OrganizationEvent
                ? new Called(Actors.LabelOf(id.ToString("D"), state))
                : names.GetValueOrDefault((id, row.Place.Position)));
            return Told(row, organization, epoch, actor, telling, state?.Name);
        })];
    }

    // A copy may be a second old; a token may be younger.
    async Task<Organization?> State(Guid id, IReadOnlyList<TimelineRow> rows, CancellationToken ct)
    {
        var known = await organizations.Find(id, ct);
        var tokens = rows.Select(r => r.Recorded.Stored.Headers.GetValueOrDefault("token")).OfType<string>().Concat(rows.SelectMany(r => r.Recorded.Event is OrganizationEvent e ? OrganizationSentences.Mentioned(e) : []).Select(t => t.ToString("D"))).Distinct();
        return tokens.All(t => Actors.LabelOf(t, known) is not null) ? known : await organizations.Renew(id, ct);
    }

    static IEnumerable<Guid> Mentioned(object e) => e switch
    {
        UserEvent user => UserSentences.Mentioned(user),
        GroupEvent group => GroupSentences.Mentioned(group),
        _ => [],
    };

    static ToldEvent Told(TimelineRow row, Guid organization, int epoch, ToldActor actor, Telling telling, string? organizationName)
    {
        var (stored, e) = (row.Recorded.Stored, row.Recorded.Event);
        var request = Header("request");
        return new(row.Place.ToString(epoch), new Position(epoch, row.Place.Position).ToString(), stored.Timestamp, Sentence(e, telling), stored.Type, Subject(e, stored.StreamId, organizationName), actor,
            [.. Changes(e).Select(c => new ToldChange(c.Path, c.Then ?? ScimValue.Null, c.Now ?? ScimValue.Null, c.IsErased))],
            request, request is not null && Header("token") is not null ? $"/api/organizations/{organization:D}/requests/{request}" : null,
            Header("providerRequest"), Header("ip"), Header("agent"), Listed("repairs"), Listed("unmapped"), stored.Id, stored.StreamId, stored.Version, Data(e));

        string? Header(string name) => stored.Headers.GetValueOrDefault(name);
        string[] Listed(string name) => Header(name)?.Split("; ") ?? [];
    }

    static string Sentence(object e, Telling telling) => e switch
    {
        UserEvent user => UserSentences.Of(user, telling),
        GroupEvent group => GroupSentences.Of(group, telling),
        OrganizationEvent organization => OrganizationSentences.Of(organization, telling),
        _ => throw new InvalidOperationException($"Nothing tells {e.GetType().Name}."),
    };

    static IReadOnlyList<BeforeAfter> Changes(object e) => e switch
    {
        UserEvent user => UserBeforeAfter.Of(user),
        GroupEvent group => GroupBeforeAfter.Of(group),
        OrganizationEvent organization => OrganizationBeforeAfter.Of(organization),
        _ => [],
    };

    static ToldSubject Subject(object e, Guid stream, string? organizationName) => e switch
    {
        UserEvent user => UserLabel.After(user) is { IsKnown: true } label ? new("User", stream, label.Value, false) : new("User", stream, Erased, true),
        GroupEvent group => new("Group", stream, LabelOf(group), false),
        OrganizationCreated created => new("Organization", stream, created.Name, false),
        OrganizationRenamed renamed => new("Organization", stream, renamed.After, false),
        _ => new("Organization", stream, organizationName, false),
    };

    static string LabelOf(GroupEvent e) => e switch
    {
        GroupCreated c => c.DisplayName,
        GroupRenamed r => r.After,
        GroupAttributesChanged c => c.Label,
        GroupMembersAdded a => a.Label,
        GroupMembersRemoved r => r.Label,
        GroupDeleted d => d.Label,
        _ => throw new InvalidOperationException($"Nothing tells {e.GetType().Name}."),
    };

    // The hash of a token proves nothing to a reader and helps nobody.
    static JsonNode? Data(object e)
    {
        var data = ShownEvent.Content(e);
        if (e is TokenIssued or KeyIssued) data?.AsObject().Remove("hash");
        return data;
    }
}

using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Audit.Comparison;

/// <summary>What differs between two moments: <c>/api/organizations/{organization}/audit/difference</c>.</summary>
internal static class DifferenceApi
{
    const int DefaultCount = 100, MaxCount = 1000;

    internal static void MapDifference(this RouteGroupBuilder audit) =>
        audit.MapGet("/difference", Between).WithSummary("Lists what differs between two instants (from, to) or positions (fromPosition, toPosition): of everybody, of a person or of a group; to is now unless it is said");

    static async Task<IResult> Between(Guid organization, HttpContext http, DirectoryDifference differences, Moments moments, Placement placement)
    {
        var epoch = placement.EpochOf(organization);
        var after = AskedParameter.One(http, "cursor") is { } text ? DifferencePage.CursorOf(text, epoch) : ((long From, long To, DifferencePlace Place)?)null;
        var (from, to) = after is { } cursor ? (cursor.From, cursor.To) : await AskedPeriod.Of(http, organization, moments, placement);
        var query = new DifferenceQuery(from, to, AskedParameter.Id(http, "person"), AskedParameter.Id(http, "group"), after?.Place);
        var count = AskedParameter.Count(http, DefaultCount, MaxCount);
        var page = await DifferencePage.Read(differences, organization, query, count, http.RequestAborted);
        return Results.Json(new DifferenceView(
            await Moment(from), await Moment(to), Totals(page.Counts), [.. page.Rows.Select(r => View(r, organization, epoch))], page.Cursor(query, epoch)), EventStoreOptions.Json);

        async Task<MomentView> Moment(long position) => new(new Position(epoch, position).ToString(), await moments.InstantOf(organization, position, http.RequestAborted));
    }

    static SortedDictionary<string, long>? Totals(IReadOnlyDictionary<(int Section, string Kind), long>? counts) =>
        counts is null ? null : new(counts.GroupBy(c => c.Key.Kind).ToDictionary(g => g.Key, g => g.Sum(c => c.Value)), StringComparer.Ordinal);

    internal static DifferenceRowView View(DifferenceRow row, Guid organization, int epoch) => new(
        row.Section == 0 ? "User" : "Group", row.Id, row.Name, row.IsErased, row.Kind, row.Change?.Path, row.Change?.Then ?? ScimValue.Null, row.Change?.Now ?? ScimValue.Null,
        row.Member is { } m ? new MemberView(m.IsGroup ? "Group" : "User", m.Id, m.Name) : null,
        [.. row.Events.Select(e => new CausingEventView($"{epoch}.{e.Id}", e.Type, e.Actor, e.At, e.Request, e.Request is { } r ? $"/api/organizations/{organization:D}/requests/{r:D}" : null))]);
}

/// <summary>A position and when it had happened.</summary>
internal sealed record MomentView(string Position, DateTimeOffset? Instant);

/// <summary>A page of what differs; <c>counts</c>, by kind, are of all of it and on the first page alone.</summary>
internal sealed record DifferenceView(MomentView From, MomentView To, IReadOnlyDictionary<string, long>? Counts, DifferenceRowView[] Rows, string? Next);

/// <summary>One difference: <c>kind</c> is arrived, left, deactivated, reactivated, suspended, suspensionLifted, renamed, attribute, memberAdded or memberRemoved.</summary>
internal sealed record DifferenceRowView(string Type, Guid Id, string? Name, bool Erased, string Kind, string? Path, ScimValue Then, ScimValue Now, MemberView? Member, CausingEventView[] Events);

/// <summary>Who or what is in a group.</summary>
internal sealed record MemberView(string Type, Guid Id, string? Name);

/// <summary>An event that made a difference, and the request that made it.</summary>
internal sealed record CausingEventView(string Id, string Type, string? Actor, DateTimeOffset At, Guid? Request, string? RequestLink);

using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Scim.Api.Audit.Reads;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.SignIn;

/// <summary>
/// Who may sign in, for the systems at whose doors people stand: <c>/api/organizations/{organization}/access</c>. Somebody
/// who is not in the directory has no access, which is an answer like any other; 404 is left to a wrong address.
/// </summary>
internal static class AccessApi
{
    const int DefaultCount = 100, MaxCount = 1000;

    internal static void MapAccess(this RouteGroupBuilder access)
    {
        access.MapGet("", Of).WithSummary("Answers whether one person may sign in now, since when, by whom, why and with which groups: by userName, externalId, email or id; who is not in the directory has no access (reason notInDirectory)");
        access.MapGet("/changes", Changes).WithSummary("Lists whose access began or ended and which memberships came or went after a position (after), whole positions at a time; go on with next until it is last");
    }

    static async Task<IResult> Of(Guid organization, HttpContext http, AccessReader access, Placement placement)
    {
        var asked = AskedPerson.Names.Select(n => (Name: n, Value: AskedParameter.One(http, n))).Where(a => a.Value is not null).ToArray();
        if (asked is not [var (by, value)]) throw ScimException.BadRequest("Name the person by one of userName, externalId, email and id.");
        if (value!.Length > 1024 || value.Contains('\0', StringComparison.Ordinal)) throw ScimException.BadRequest($"{by} has at most 1024 characters, and none of them is U+0000.");
        if (by == "id" && !Guid.TryParse(value, out _)) throw ScimException.BadRequest("id is an id of this directory.");
        var (position, person) = await access.Find(organization, new(by, value), http.RequestAborted);
        if (person is not null) http.ReadsOf(person.Id);

        // The position goes on while the person's access stays, and is no part of what the tag is of.
        var view = person is null ? AccessView.NotInDirectory : new AccessView(person.HasAccess, person.Reason, person.Id, person.UserName, person.DisplayName, person.Since, person.By,
            [.. person.Derived.Groups.Select(g => new GroupView(g.Id, g.Display, g.Type))]);
        var tag = $"W/\"{Base64Url.EncodeToString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(view, EventStoreOptions.Json)).AsSpan(0, 15))}\"";
        var at = new Position(placement.EpochOf(organization), position).ToString();
        http.Response.Headers.ETag = tag;
        http.Response.Headers[AskedMoment.Header] = at;
        return IsKnown(http.Request, tag) ? Results.StatusCode(304) : Results.Json(view with { Position = at }, EventStoreOptions.Json);
    }

    static async Task<IResult> Changes(Guid organization, HttpContext http, AccessChanges changes, Moments moments, Placement placement)
    {
        var epoch = placement.EpochOf(organization);
        var after = AskedParameter.One(http, "after") is not { } text ? 0
            : Position.TryParse(text, out var given) ? given.Value.Of(epoch).Number : throw ScimException.BadRequest("after is a position such as 1.4711, which the page before gave as next.");
        var count = AskedParameter.Count(http, DefaultCount, MaxCount);
        var last = await moments.Now(organization, http.RequestAborted);
        if (after > last) throw ScimException.BadRequest($"The position {Shown(after)} is in the future: the last one is {Shown(last)}.");
        var end = await changes.End(organization, after, last, count, http.RequestAborted);
        return new ChangesAnswer(changes.Between(organization, after, end, http.RequestAborted), epoch, end, last);

        string Shown(long number) => new Position(epoch, number).ToString();
    }

    static bool IsKnown(HttpRequest request, string tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false));

    /// <summary>A page that is written while it is read: one position may have a hundred thousand memberships.</summary>
    sealed class ChangesAnswer(IAsyncEnumerable<AccessChange> changes, int epoch, long end, long last) : IResult
    {
        const int RowsOfPiece = 200;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using var rows = changes.GetAsyncEnumerator(httpContext.RequestAborted);
            var any = await rows.MoveNextAsync(); // what fails before the first row is answered as a failure
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            var body = httpContext.Response.BodyWriter;
            await using var json = new Utf8JsonWriter(body);
            json.WriteStartObject();
            json.WriteStartArray("changes");
            for (var written = 1; any; any = await rows.MoveNextAsync(), written++)
            {
                Write(json, rows.Current);
                if (written % RowsOfPiece == 0) await body.FlushAsync(httpContext.RequestAborted);
            }
            json.WriteEndArray();
            json.WriteString("next", Of(end));
            json.WriteString("last", Of(last));
            json.WriteEndObject();
            await json.FlushAsync(httpContext.RequestAborted);
        }

        void Write(Utf8JsonWriter json, AccessChange change) => JsonSerializer.Serialize<object>(json, AccessChangeView.Of(change, epoch), EventStoreOptions.Json);

        string Of(long position) => new Position(epoch, position).ToString();
    }
}

/// <summary>Whether somebody may sign in: reason is active, deactivated, suspended, provisionedInactive or notInDirectory.</summary>
internal sealed record AccessView(bool Access, string Reason, Guid? Id, string? UserName, string? DisplayName, DateTimeOffset? Since, string? By, GroupView[] Groups, string? Position = null)
{
    internal static AccessView NotInDirectory { get; } = new(false, "notInDirectory", null, null, null, null, null, []);
}

/// <summary>A group that somebody is in; type is direct or indirect.</summary>
internal sealed record GroupView(Guid Id, string Display, string Type);

/// <summary>A change as the feed shows it: of a person's access, or of a membership.</summary>
internal abstract record AccessChangeView(string Position, DateTimeOffset? At)
{
    internal static AccessChangeView Of(AccessChange change, int epoch)
    {
        var position = string.Create(CultureInfo.InvariantCulture, $"{epoch}.{change.Position}");
        return change.Member is { } member ? new Membership(position, change.At, "membership", change.Id, member, change.IsGroup ? "Group" : "User", change.Begins) : new Person(position, change.At, "person", change.Id, change.Begins);
    }

    internal sealed record Person(string Position, DateTimeOffset? At, string Kind, Guid Id, bool Access) : AccessChangeView(Position, At);

    internal sealed record Membership(string Position, DateTimeOffset? At, string Kind, Guid Group, Guid Member, string MemberType, bool Added) : AccessChangeView(Position, At);
}

using Scim.Api.Provisioning;
using Scim.Domain.Groups;
using Scim.Domain.Protocol;
using Scim.Domain.Users;

namespace Scim.Tests.Faults.Checking;

/// <summary>What a client knows of an operation.</summary>
internal enum Outcome
{
    /// <summary>No answer, or 503: done or not done, never half.</summary>
    Unknown,

    /// <summary>2xx or 304.</summary>
    Acked,

    /// <summary>Any other answer: nothing was done.</summary>
    Refused,
}

/// <summary>What somebody or something shall be like after an operation, whose events then carry the operation's id.</summary>
internal interface IWish;

/// <summary>What a person shall be like after an operation; what is null is left as it is.</summary>
internal sealed record Wish(string? UserName = null, string? Title = null, bool? Active = null, Guid? Manager = null) : IWish
{
    internal bool IsMetBy(User user) =>
        (UserName is null || CanonicalKey.Of(UserName) == CanonicalKey.Of(user.UserName))
        && (Title is null || user.Resource["title"]?.AsString == Title)
        && (Active is null || user.Active == Active)
        && (Manager is null || UserAnswer.ManagerOf(user.Resource) == Manager);
}

/// <summary>What a group shall be like after an operation; what is null is left as it is.</summary>
internal sealed record GroupWish(string? DisplayName = null, Guid? Joins = null, Guid? Leaves = null) : IWish
{
    internal bool IsMetBy(Group? group, Membership? members) => group is not null && members is not null
        && (DisplayName is null || DisplayName == group.DisplayName)
        && (Joins is null || members.IsGroup.ContainsKey(Joins.Value))
        && (Leaves is null || !members.IsGroup.ContainsKey(Leaves.Value));
}

/// <summary>One operation of a client: written down before it is sent, completed by its answer.</summary>
/// <param name="Operation">The client's own id, sent as X-Request-Id; events carry it, so that it is found without an answer.</param>
/// <param name="Target">Path below the organization, with the query.</param>
internal sealed record Entry(Guid Operation, Guid Organization, string Writer, HttpMethod Verb, string Target, string? Token, IWish? Wish, TimeSpan Sent)
{
    internal Outcome Outcome => Status switch
    {
        null or 503 => Outcome.Unknown,
        < 400 => Outcome.Acked,
        _ => Outcome.Refused,
    };

    internal int? Status { get; private set; }

    /// <summary>The service's id of the request, which is the command's.</summary>
    internal Guid? RequestId { get; private set; }

    /// <summary>The person's id, by the path or by the answer.</summary>
    internal Guid? Person { get; private set; } = IdIn(Target, "Users");

    /// <summary>The version that the ETag shows.</summary>
    internal long? Version { get; private set; }

    /// <summary>When the answer was there.</summary>
    internal TimeSpan? Ended { get; private set; }

    /// <summary>What of the answer breaks the contract.</summary>
    internal string? Breach { get; private set; }

    /// <summary>The id of the group that the path names.</summary>
    internal Guid? Group { get; private set; } = IdIn(Target, "Groups");

    internal bool IsWrite => Verb == HttpMethod.Post && (IsUsers || IsGroups) || Verb == HttpMethod.Put || Verb == HttpMethod.Patch || Verb == HttpMethod.Delete;

    internal bool IsReadOfOne => Verb == HttpMethod.Get && (Person ?? Group) is not null;

    internal bool IsGroups => Path(Target).Split('/')[0].Equals("Groups", StringComparison.OrdinalIgnoreCase) && !Path(Target).EndsWith(".search", StringComparison.OrdinalIgnoreCase);

    bool IsUsers => Path(Target).Equals("Users", StringComparison.OrdinalIgnoreCase);

    internal void Answered(Answer answer, TimeSpan at)
    {
        (Status, Ended) = (answer.Status, at);
        if (Guid.TryParse(answer.Headers.GetValueOrDefault("X-Request-Id"), out var request)) RequestId = request;
        if (answer.ETag is { } etag) Version = VersionOf(etag);
        if (Verb == HttpMethod.Post && answer.Status == 201) (Person, Group) = IsGroups ? (Person, (Guid?)Guid.Parse(answer.Id)) : (Guid.Parse(answer.Id), Group);
    }

    internal void Breaks(string contract) => Breach ??= contract;

    public override string ToString() => $"{Writer} {Verb} {Target} {Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no answer"} (request {RequestId}, operation {Operation})";

    /// <summary>The number in <c>W/"12-…"</c>.</summary>
    internal static long? VersionOf(string etag) =>
        etag.Split('"') is [_, var tag, _] && long.TryParse(tag.Split('-')[0], out var version) ? version : null;

    static string Path(string target) => target.Split('?')[0].Trim('/');

    static Guid? IdIn(string target, string collection) =>
        Path(target).Split('/') is [var name, var text] && name.Equals(collection, StringComparison.OrdinalIgnoreCase) && Guid.TryParseExact(text, "D", out var id) ? id : null;
}

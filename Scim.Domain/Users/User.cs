using System.Collections.Immutable;
using Scim.Domain.History;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Users;

/// <summary>
/// A person of the directory as the history says: the resource without id, meta and what is derived, and the state
/// around it. What decisions are made on and what people read are the same.
/// </summary>
/// <remarks>Example: <c>bjensen@example.com</c>, active, version 3.</remarks>
public sealed record User(Guid Id, ScimObject Resource) : IState<User, UserEvent>
{
    /// <summary>When the person entered the directory.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When the resource last changed; it never goes back, whatever clocks do.</summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>The number of the last event of the stream, which the ETag shows.</summary>
    public long Version { get; init; }

    /// <summary>SCIM's word: whether the identity provider assigns the person.</summary>
    public bool Active => Resource["active"]?.AsBoolean ?? false;

    /// <summary>Whether an administrator shut the person out.</summary>
    public bool Suspended { get; init; }

    /// <summary>Whether the person may sign in: active in SCIM's word and not suspended.</summary>
    public bool HasAccess => Active && !Suspended;

    /// <summary>Since when access is as it is.</summary>
    public DateTimeOffset AccessSince { get; init; }

    /// <summary>Who made it so.</summary>
    public string? AccessBy { get; init; }

    /// <summary>When SCIM's word last became inactive; null while active.</summary>
    public DateTimeOffset? DeactivatedAt { get; init; }

    /// <summary>Whether the SCIM connection has ever provisioned the person.</summary>
    public bool ProvisionedByScim { get; init; }

    /// <summary>Where facts about the person came from, each once.</summary>
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>Whether the userName of a deactivated person was released to others.</summary>
    public bool IsUserNameReleased { get; init; }

    /// <summary>The userName as sent.</summary>
    public string UserName => Resource["userName"]?.AsString ?? "";

    /// <summary>The key that is unique in the organization; null while released or erased.</summary>
    public string? UserNameKey => IsUserNameReleased || UserName.Length == 0 ? null : CanonicalKey.Of(UserName);

    /// <summary>The displayName as it is compared and sorted, or null.</summary>
    public string? DisplayNameKey => KeyOf(Resource["displayName"]);

    /// <summary>The name.familyName as it is compared and sorted, or null.</summary>
    public string? FamilyNameKey => KeyOf((Resource["name"] as ScimObject)?["familyName"]);

    /// <summary>The provisioning client's identifier, or null.</summary>
    public string? ExternalId => Resource["externalId"]?.AsString;

    /// <summary>The name by which people know the person: displayName, else userName.</summary>
    public string Label => LabelOf(Resource);

    internal static string LabelOf(ScimObject resource) =>
        resource["displayName"]?.AsString is { Length: > 0 } display ? display : resource["userName"]?.AsString ?? "";

    /// <summary>
    /// The one interpretation of a person's history: pure, total over every event and over erased values. Null before the
    /// first event and after deletion or erasure.
    /// </summary>
    public static User? Fold(User? user, UserEvent e, Fact fact)
    {
        if (e is UserProvisioned p) return Provisioned(p, fact);
        if (user is null) return null;
        var next = e switch
        {
            UserRenamed r => user with { Resource = Renamed(user.Resource, r.After), Sources = user.From(r.Source) },
            UserAttributesChanged c => user with { Resource = Difference.Apply(user.Resource, c.Paths, c.Change.Or(null)?.After ?? ScimObject.Empty), Sources = user.From(c.Source) },
            UserDeactivated d => user.Activated(false, fact) with { DeactivatedAt = fact.At, Sources = user.From(d.Source) },
            UserReactivated a => user.Activated(true, fact) with { DeactivatedAt = null, IsUserNameReleased = false, Sources = user.From(a.Source) },
            UserSuspended => user with { Suspended = true },
            UserSuspensionLifted => user with { Suspended = false },
            UserNameReleased => user with { IsUserNameReleased = true },
            UserDeleted or UserErased => null,
            _ => throw new InvalidOperationException($"The fold does not know {e.GetType().Name}."),
        };
        if (next is null) return null;
        return next with
        {
            Version = fact.Version,
            LastModified = fact.At > user.LastModified ? fact.At : user.LastModified,
            AccessSince = next.HasAccess == user.HasAccess ? user.AccessSince : fact.At,
            AccessBy = next.HasAccess == user.HasAccess ? user.AccessBy : fact.Actor,
        };
    }

    static string? KeyOf(ScimValue? value) => value?.AsString is { } text ? CanonicalKey.Of(text) : null;

    static User Provisioned(UserProvisioned e, Fact fact) => new(e.UserId, e.Resource.Or(ScimObject.Empty)!.With("active", ScimValue.Of(e.Active)))
    {
        Created = fact.At,
        LastModified = fact.At,
        Version = fact.Version,
        AccessSince = fact.At,
        AccessBy = fact.Actor,
        DeactivatedAt = e.Active ? null : fact.At,
        ProvisionedByScim = e.Source == Source.Scim,
        Sources = [e.Source],
    };

    static ScimObject Renamed(ScimObject resource, Personal<string> name) =>
        name.IsKnown ? resource.With("userName", ScimValue.Of(name.Value)) : resource.Without("userName");

    User Activated(bool active, Fact fact) => this with { Resource = Resource.With("active", ScimValue.Of(active)), Version = fact.Version };

    ImmutableArray<string> From(string source) => Sources.Contains(source) ? Sources : Sources.Add(source);
}

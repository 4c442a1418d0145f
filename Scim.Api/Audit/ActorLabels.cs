using Scim.Api.Audit.Timeline;
using Scim.Domain.Organizations;

namespace Scim.Api.Audit;

/// <summary>An actor as it stands on events, and the label of the token or key that it means.</summary>
internal sealed record ActorView(string? Actor, string? Label)
{
    /// <summary>For people: the label where there is one.</summary>
    public override string ToString() => Label is null ? Actor ?? "" : $"{Label} ({Actor})";

    /// <summary>The same without an id: the label, or what kind of actor it is.</summary>
    internal string InWords => Label ?? Actors.Of(Actor, null, null).Name;
}

/// <summary>What the actors of an organization are called.</summary>
internal sealed class ActorLabels(Organization? organization)
{
    internal ActorView Of(string? actor) => new(actor, actor?.Split(':') is [_, var id] ? Actors.LabelOf(id, organization) : null);
}

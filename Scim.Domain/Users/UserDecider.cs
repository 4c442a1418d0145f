using Scim.Domain.History;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Users;

/// <summary>What can be asked of a person's stream.</summary>
public abstract record UserCommand(string Source);

/// <summary>POST of somebody unknown: the resource in its stored form; omitted <c>active</c> is true.</summary>
public sealed record ProvisionUser(Guid UserId, ScimObject Resource, string Source) : UserCommand(Source);

/// <summary>The whole resource as it shall be, however it came about: a PATCH applied, or a PUT read.</summary>
public sealed record ReplaceUser(ScimObject Desired, string Source) : UserCommand(Source);

/// <summary>DELETE.</summary>
public sealed record DeleteUser(string Source) : UserCommand(Source);

/// <summary>An administrator shuts the person out.</summary>
public sealed record SuspendUser(string Reason, string Source) : UserCommand(Source);

/// <summary>An administrator lifts the suspension.</summary>
public sealed record LiftSuspension(string Source, string? Reason = null) : UserCommand(Source);

/// <summary>An administrator frees the userName of a deactivated person.</summary>
public sealed record ReleaseUserName(string Source) : UserCommand(Source);

/// <summary>
/// What may happen to a person. Pure: the events follow from the state and the command alone, by difference; a command
/// that changes nothing gives none, because providers repeat themselves.
/// </summary>
public static class UserDecider
{
    /// <summary>The events that the command causes; empty when nothing changes.</summary>
    /// <exception cref="ScimException">The command is refused.</exception>
    public static IReadOnlyList<UserEvent> Decide(User? user, UserCommand command, ResourceType type) => (user, command) switch
    {
        (null, ProvisionUser c) => [Provision(c)],
        (null, _) => throw new InvalidOperationException($"{command.GetType().Name} needs a person."),
        (_, ProvisionUser) => throw ScimException.Uniqueness("This id is taken."),
        (_, ReplaceUser c) => Replace(user, c, type),
        (_, DeleteUser c) => [new UserDeleted(user.Id, c.Source, user.Label)],
        (_, SuspendUser c) => user.Suspended ? [] : [new UserSuspended(user.Id, c.Source, c.Reason, user.Label)],
        (_, LiftSuspension c) => user.Suspended ? [new UserSuspensionLifted(user.Id, c.Source, user.Label) { Reason = c.Reason is { } why ? new Personal<string>(why) : (Personal<string>?)null }] : [],
        (_, ReleaseUserName c) => Release(user, c),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not decided."),
    };

    static UserProvisioned Provision(ProvisionUser c)
    {
        CheckUserName(c.Resource);
        var active = c.Resource["active"]?.AsBoolean ?? true;
        return new UserProvisioned(c.UserId, c.Source, active, c.Resource.Without("active"), User.LabelOf(c.Resource));
    }

    static List<UserEvent> Replace(User user, ReplaceUser c, ResourceType type)
    {
        var desired = c.Desired;
        var (label, events) = (User.LabelOf(desired), new List<UserEvent>());
        var (before, after) = (user.UserName, CheckUserName(desired));
        if (before != after) events.Add(new UserRenamed(user.Id, c.Source, before, after, label));
        if (Difference.Between(user.Resource, desired, type, "userName", "active") is var (paths, change))
            events.Add(new UserAttributesChanged(user.Id, c.Source, paths, change, label));
        var active = desired["active"]?.AsBoolean ?? user.Active; // access is never guessed: omitted stays
        if (active != user.Active) events.Add(active ? new UserReactivated(user.Id, c.Source, label) : new UserDeactivated(user.Id, c.Source, label));
        return events;
    }

    static IReadOnlyList<UserEvent> Release(User user, ReleaseUserName c)
    {
        if (user.Active) throw ScimException.Conflict("Only the userName of a deactivated person can be released.");
        return user.IsUserNameReleased ? [] : [new UserNameReleased(user.Id, c.Source, user.Label)];
    }

    static string CheckUserName(ScimObject resource)
    {
        var name = resource["userName"]?.AsString ?? throw ScimException.InvalidValue("userName is required.");
        CanonicalKey.OfUserName(name);
        return name;
    }
}

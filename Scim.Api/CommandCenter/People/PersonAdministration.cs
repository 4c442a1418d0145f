using FluentValidation;
using FluentValidation.Results;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.Provisioning;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.CommandCenter.People;

/// <summary>What administrators do to people beside SCIM: shut them out, let them in again, free a userName.</summary>
internal sealed class PersonAdministration(History history)
{
    /// <summary>Characters that a reason may have.</summary>
    internal const int LongestReason = 500;

    /// <summary>Shuts the person out, whatever SCIM says.</summary>
    /// <exception cref="ValidationException">The reason is empty, too long, or holds control characters.</exception>
    internal Task Suspend(Caller caller, Guid id, string reason)
 => Change(caller, id, new SuspendUser(Checked(reason), caller.Source));

    /// <summary>Lifts the suspension: SCIM's word counts again.</summary>
    /// <exception cref="ValidationException">As with <see cref="Suspend"/>.</exception>
    internal Task Lift(Caller caller, Guid id, string reason) => Change(caller, id, new LiftSuspension(caller.Source, Checked(reason)));

    /// <summary>Frees the userName of a deactivated person for somebody else.</summary>
    internal Task ReleaseUserName(Caller caller, Guid id) => Change(caller, id, new ReleaseUserName(caller.Source));

    static string Checked(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw Invalid("Say why: the history keeps the reason.");
        if (reason.Length > LongestReason || reason.Any(char.IsControl)) throw Invalid($"The reason is one line of at most {LongestReason} characters.");
        return reason.Trim();
    }

    Task<User?> Change(Caller caller, Guid id, UserCommand command) => history.Change<User, UserEvent>(caller, id, ifMatch: null,
        (user, _) => new(UserDecider.Decide(user ?? throw UserProvisioning.NotFound(id), command, UserSchema.ResourceType)));

    static ValidationException Invalid(string message) => new([new ValidationFailure("reason", message)]);
}

using Scim.Domain.History;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Users;

/// <summary>The reason for what is so about a person, as one sentence.</summary>
/// <remarks>
/// Example: <c>Ada Byron has no access, because Okta (token okta-2026) deactivated this person on 2026-03-03 at 14:00:02 UTC; nothing since has
/// changed that.</c>
/// </remarks>
public static class UserReasons
{
    /// <summary>Why the person has access or none.</summary>
    /// <param name="telling">For a fact of the history, who did it, and the names of then.</param>
    public static string OfAccess(UserCauses causes, Func<Fact, Telling> telling)
    {
        var besides = causes.Besides is { } other ? $", and {Done(other, telling)}" : "";
        var has = causes.Access.Value?.AsBoolean == true ? "has access" : "has no access";
        return Reason($"{Wording.Begin(Wording.Person(causes.Label))} {has}", $"{Done(causes.Access, telling)}{besides}");
    }

    /// <summary>Why one thing about the person is as it is: access, a state, an attribute.</summary>
    /// <param name="cause">One of <paramref name="causes"/>.</param>
    public static string Of(UserCauses causes, UserCause cause, Func<Fact, Telling> telling)
    {
        if (cause.Path == UserCauses.AccessPath) return OfAccess(causes, telling);
        var (person, yes) = (Wording.Person(causes.Label), cause.Value?.AsBoolean == true);
        return cause.Path switch
        {
            "active" => Reason($"{Wording.Begin(person)} is {(yes ? "active" : "inactive")}", Done(cause, telling)),
            UserCauses.SuspendedPath => Reason($"{Wording.Begin(person)} is {(yes ? "suspended" : "not suspended")}", Done(cause, telling)),
            _ => Reason($"{Wording.Begin(Wording.Possessive(person))} {AttributeWords.Of(cause.Path)} {Is(cause)} {Value(cause, telling(cause.Fact))}", Done(cause, telling)),
        };
    }

    static string Reason(string what, string because) => $"{what}, because {because}; nothing since has changed that.";

    static string Is(UserCause cause) => cause.Value is ScimArray || AttributeWords.Of(cause.Path).EndsWith('s') ? "are" : "is";

    static string Value(UserCause cause, Telling telling) => cause.IsErased ? Wording.Erased : ValueWords.Of(cause.Path, cause.Value, telling);

    static string Done(UserCause cause, Func<Fact, Telling> telling)
    {
        var (what, more) = Deed(cause);
        return $"{telling(cause.Fact).InSentence} {what} {Wording.On(cause.Fact.At)}{more}";
    }

    static string Because(Personal<string>? reason) => reason is not { } given ? "" : $", with the reason {(given.IsKnown ? Wording.Quoted(given.Value) : Wording.Erased)}";

    static (string What, string More) Deed(UserCause cause) => cause.Event switch
    {
        UserProvisioned p when cause.Path is UserCauses.AccessPath or "active" => ($"added this person to the directory, {(p.Active ? "active" : "inactive")},", ""),
        UserProvisioned => ("added this person to the directory", ""),
        UserRenamed or UserAttributesChanged => (Is(cause) == "are" ? "changed them" : "changed it", ""),
        UserDeactivated => ("deactivated this person", ""),
        UserReactivated => ("reactivated this person", ""),
        UserSuspended s => ("suspended this person", Because(s.Reason)),
        UserSuspensionLifted l => ("lifted this person's suspension", Because(l.Reason)),
        UserDeleted => ("deleted this person", ""),
        UserErased e => ("erased everything personal about this person", $", with the reason {Wording.Quoted(e.Reason)}"),
        _ => throw new InvalidOperationException($"{cause.Event.GetType().Name} is no reason for {cause.Path}."),
    };
}

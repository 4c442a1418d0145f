using Scim.Domain.History;

namespace Scim.Domain.Users;

/// <summary>What happened to a person as one sentence that needs no training; total over every event and over erased values.</summary>
/// <remarks>Example: <c>Okta (token okta-2026) deactivated Ada Byron.</c></remarks>
public static class UserSentences
{
    /// <summary>The sentence.</summary>
    public static string Of(UserEvent e, Telling telling) => Wording.Sentence($"{telling.Subject} {Predicate(e, telling)}");

    /// <summary>The ids whose names the sentence asks for beside the label: a manager's, and that of somebody erased.</summary>
    public static IEnumerable<Guid> Mentioned(UserEvent e) => e switch
    {
        UserAttributesChanged { Paths.Count: 1 } c => ChangeWords.Mentioned(c.Change.Or(null)),
        UserErased erased => [erased.UserId],
        _ => [],
    };

    static string Predicate(UserEvent e, Telling telling) => e switch
    {
        UserProvisioned p => $"added {Introduced(p)} to the directory{By(p.Source)}, {(p.Active ? "active" : "inactive")}",
        UserRenamed r => $"changed {Whose(r.Label)} user name from {Value(r.Before)} to {Value(r.After)}",
        UserAttributesChanged c => ChangeWords.Of(Wording.Person(c.Label), c.Paths, c.Change.Or(null), telling),
        UserDeactivated d => $"deactivated {Wording.Person(d.Label)}",
        UserReactivated r => $"reactivated {Wording.Person(r.Label)}",
        UserSuspended s => $"suspended {Wording.Person(s.Label)}, with the reason {Value(s.Reason)}",
        UserSuspensionLifted l => $"lifted the suspension of {Wording.Person(l.Label)}{(l.Reason is { } reason ? $", with the reason {Value(reason)}" : "")}",
        UserNameReleased n => $"released {Whose(n.Label)} user name, so that another person may have it",
        UserDeleted d => $"deleted {Wording.Person(d.Label)} from the directory",
        UserErased x => $"erased everything personal about {telling.Name(x.UserId) ?? "a person"}, with the reason {Wording.Quoted(x.Reason)}",
        _ => throw new InvalidOperationException($"No sentence tells {e.GetType().Name}."),
    };

    static string Whose(Personal<string> label) => Wording.Possessive(Wording.Person(label));

    // People of one name are told apart by what is unique.
    static string Introduced(UserProvisioned e)
    {
        var person = Wording.Person(e.Label);
        return e.Resource.Or(null)?["userName"]?.AsString is { } userName && Wording.Plain(userName) is { Length: > 0 } name && name != person ? $"{person} ({name})" : person;
    }

    static string By(string source) => source switch
    {
        Source.SignIn => " at the first sign-in",
        Source.Import => " by an import",
        _ => "",
    };

    static string Value(Personal<string> value) => value.IsKnown ? Wording.Quoted(value.Value) : Wording.Erased;
}

namespace Scim.Domain.History;

/// <summary>What a person, a group or a token was called when an event happened; the default is not known.</summary>
/// <param name="Name">The name, or null when it is not known or erased.</param>
/// <param name="IsErased">Whether there was a name that can be read no more.</param>
/// <remarks>Example: <c>Ada Byron</c>.</remarks>
public readonly record struct Called(string? Name, bool IsErased = false)
{
    /// <summary>Nobody knows.</summary>
    public static Called Unknown => default;

    /// <summary>The name went with the person's key.</summary>
    public static Called Erased => new(null, IsErased: true);
}

/// <summary>What a sentence about an event needs beside the event: who did it, in words, and what the ids in it were called.</summary>
/// <param name="Actor">As it begins a sentence: <c>Okta (token okta-2026)</c>, <c>The operator</c>, <c>The service</c>.</param>
/// <param name="NameOf">The name of a person, a group or a token at that time. Asked only for what the event mentions.</param>
public sealed record Telling(string Actor, Func<Guid, Called> NameOf)
{
    const int MaxActor = 120; // a provider and the label of its token

    /// <summary>The actor at the beginning of a sentence.</summary>
    internal string Subject => Wording.Plain(Actor, MaxActor) is { Length: > 0 } actor ? Wording.Begin(actor) : "Somebody";

    /// <summary>The actor inside a sentence: <c>the operator</c>.</summary>
    internal string InSentence => Subject switch
    {
        "Somebody" => "somebody",
        ['T', 'h', 'e', ' ', ..] subject => "the " + subject[4..],
        var subject => subject,
    };

    /// <summary>The name, or null when none can be read.</summary>
    internal string? Name(Guid id) => NameOf(id) is { IsErased: false, Name: { } name } && Wording.Plain(name) is { Length: > 0 } plain ? plain : null;

    /// <summary>A person in words, whether the name is known or not.</summary>
    internal string Person(Guid id) => Name(id) ?? (NameOf(id).IsErased ? Wording.ErasedPerson : "an unknown person");

    /// <summary>What has a label and no event beside it: <c>the token okta-2026</c>.</summary>
    internal string Labelled(string kind, Guid id) => Name(id) is { } label ? $"the {kind} {label}" : $"a {kind} whose label is not known";
}

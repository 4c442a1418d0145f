namespace Scim.Domain.Dialects;

/// <summary>
/// One deviation of identity providers by name: what is sent, why it is understood all the same, and the case that proves it.
/// </summary>
/// <param name="Name">The name under which it is noted and counted.</param>
/// <param name="Provider">Who was seen to send it.</param>
/// <param name="Reason">Why refusing it would do harm.</param>
/// <param name="Shape">What it recognises.</param>
/// <param name="Proof">The name of a case in the case tables.</param>
/// <remarks>Example: <c>op in another case</c>, Entra, <c>{"op":"Replace"}</c>.</remarks>
public sealed record Repair(string Name, string Provider, string Reason, string Shape, string Proof)
{
    /// <summary>Whether it deviates from the RFCs and is noted; false for a choice they leave open, listed for its provider's sake.</summary>
    public bool IsNoted { get; init; } = true;

    /// <summary>Notes that it was applied.</summary>
    /// <param name="right">What was found and what would be right.</param>
    /// <exception cref="Protocol.ScimException">400 in strict mode.</exception>
    internal void Note(Notes notes, string right) => notes.Repair(Name, right);
}

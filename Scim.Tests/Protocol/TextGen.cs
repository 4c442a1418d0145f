using CsCheck;

namespace Scim.Tests.Protocol;

/// <summary>Generated text that is likely to find trouble.</summary>
static class TextGen
{
    static readonly string[] Pieces =
    [
        "a", "A", "b", "@", ".", "x", " ", "\u0130", "\u0131", "\u017f", "\u212a", "\u00df", "\u1e9e", "\u03c2", "\u03c3", "\u03a3", "e\u0301", "\u00e9",
        "\uff21", "\ufb03", "\u0345", "\u1f80", "\u212b", "\u0430", "\ufdfa", "\u3000", "\U00010400", "\ue000", "\U0001e030", "\u1fbc", "\u0300", "\u0323",
        "'", "\"", "\\", "%", "_", "$1", ";--", "\u02bc", "{", "}", "[", "]", "(", ")", "null", "\t", "\n", "\ud7a3", "\u1100", "\u1161",
    ];

    /// <summary>Up to eight pieces that fold, compose, or mean something to SQL, JSON or LIKE.</summary>
    internal static readonly Gen<string> Any = Gen.OneOf(Pieces).Array[0, 8].Select(string.Concat);

    /// <summary>The same, never empty.</summary>
    internal static readonly Gen<string> Some = Gen.OneOf(Pieces).Array[1, 4].Select(string.Concat);
}

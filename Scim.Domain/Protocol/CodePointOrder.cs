namespace Scim.Domain.Protocol;

/// <summary>
/// The order of strings by code point, which is PostgreSQL's <c>COLLATE "C"</c> on UTF-8. .NET's ordinal order is that of
/// UTF-16, where U+10000 stands before U+E000.
/// </summary>
public sealed class CodePointOrder : IComparer<string>
{
    /// <summary>The one instance.</summary>
    public static CodePointOrder Instance { get; } = new();

    /// <inheritdoc />
    int IComparer<string>.Compare(string? x, string? y) => Compare(x ?? "", y ?? "");

    /// <summary>Below, at or above zero as <paramref name="x"/> stands before, with or after <paramref name="y"/>.</summary>
    public static int Compare(string x, string y)
    {
        var same = x.AsSpan().CommonPrefixLength(y);
        if (same == x.Length || same == y.Length) return x.Length.CompareTo(y.Length);
        return Rank(x[same]).CompareTo(Rank(y[same]));
    }

    // Surrogates, which begin the code points from U+10000, move behind U+E000..U+FFFF.
    static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}

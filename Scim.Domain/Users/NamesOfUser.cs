using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Users;

/// <summary>By which names people look for somebody.</summary>
public static class NamesOfUser
{
    /// <summary>Characters of a name that count; who has a longer one is found by its beginning.</summary>
    public const int MaxLength = 256;

    // Of a displayName; more are no name.
    const int MaxWords = 6;

    /// <summary>
    /// The userName, the displayName and each of its words, the formatted, given and family name, both together, and the e-mail addresses: folded
    /// as they compare, each once.
    /// </summary>
    /// <remarks>Example: <c>bjensen</c>, <c>barbara jensen</c>, <c>barbara</c>, <c>jensen</c>, <c>bjensen@example.com</c>.</remarks>
    public static IReadOnlyList<string> Names(this User user)
    {
        var (resource, name) = (user.Resource, user.Resource["name"] as ScimObject);
        var (given, family) = (name?["givenName"]?.AsString, name?["familyName"]?.AsString);
        string?[] names = [user.UserName, resource["displayName"]?.AsString, name?["formatted"]?.AsString, given, family, given is null || family is null ? null : $"{given} {family}"];
        var addresses = resource["emails"] is ScimArray emails ? emails.Items.OfType<ScimObject>().Select(e => e["value"]?.AsString) : [];
        return [.. names.Concat(Words(resource["displayName"]?.AsString)).Concat(addresses).Where(n => n?.Length > 0).Select(n => KeyOf(n!)).Distinct(StringComparer.Ordinal)];
    }

    // Who is sent without a family name is looked for by it all the same.
    static IEnumerable<string> Words(string? displayName) =>
        displayName?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is { Length: > 1 } words ? words.Take(MaxWords).Select(w => w.Trim(',', '.', ';')).Where(w => w.Length > 1) : [];

    /// <summary>A name as it is kept and looked for.</summary>
    public static string KeyOf(string name) => CanonicalKey.Of(name) is var key && key.Length <= MaxLength ? key : string.Concat(key.EnumerateRunes().Take(MaxLength));
}

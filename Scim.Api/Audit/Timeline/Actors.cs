using Scim.Domain.Dialects;
using Scim.Domain.Organizations;

namespace Scim.Api.Audit.Timeline;

/// <summary>Who an event's actor is, in words: a token by its label and by the provider that uses it.</summary>
internal static class Actors
{
    internal const string TokenPrefix = "scim-token:";

    /// <param name="actor">As it stands on the event.</param>
    /// <param name="agent">The user agent that came with it; most providers can be told by it.</param>
    internal static ToldActor Of(string? actor, string? agent, Organization? organization)
    {
        var colon = actor?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var (kind, id) = colon < 0 ? (actor, null) : (actor![..colon], actor[(colon + 1)..]);
        return (kind, id) switch
        {
            ("scim-token", { } token) => OfToken(token, LabelOf(token, organization), agent),
            ("key", { } key) => LabelOf(key, organization) is { } label ? new("key", key, label, $"The key {label}") : new("key", key, null, $"A key {Ending(key)}"),
            ("staff", { } member) => LabelOf(member, organization) is { } email ? new("staff", member, email, email) : new("staff", member, null, $"A member of staff {Ending(member)}"),
            ("operator", null) => new("operator", null, null, "The operator"),
            ("operator", { } name) => new("operator", null, name, $"The operator ({name})"),
            ("system", null) => new("system", null, null, "The service"),
            ("signIn", _) => new("signIn", id, null, "The sign-in"),
            _ => new("unknown", null, actor, "Somebody"),
        };
    }

    /// <summary>The label of a token or a key of any time, or the address of a member of staff.</summary>
    internal static string? LabelOf(string token, Organization? organization) => Guid.TryParse(token, out var id)
        ? organization?.Tokens.FirstOrDefault(t => t.Id == id)?.Label ?? organization?.Keys.FirstOrDefault(k => k.Id == id)?.Label
            ?? organization?.Staff.FirstOrDefault(s => s.Id == id)?.Email
        : null;

    static ToldActor OfToken(string id, string? label, string? agent)
    {
        var provider = Provider.Of(agent, "", [], []) switch { Provider.Unknown => "The identity provider", "Entra" => "Microsoft Entra", var name => name };
        return new("token", id, label, label is null ? $"{provider} (a token {Ending(id)})" : $"{provider} (token {label})");
    }

    static string Ending(string id) => id.Length < 4 ? "whose label is not known" : $"ending in {id[^4..]}";
}

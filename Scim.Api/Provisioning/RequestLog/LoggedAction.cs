using System.Text.RegularExpressions;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>What a request meant: a word that says nothing of anybody, and a sentence that names whom it was about.</summary>
/// <remarks>Example: <c>deactivate</c>, "Deactivate ada@example.com: nothing changed".</remarks>
internal sealed partial record LoggedAction(string Kind, string Sentence)
{
    /// <summary>All there is to say of a request whose caller was not proved.</summary>
    internal static LoggedAction OfStranger { get; } = new("access", "A request without a valid token");

    /// <summary>What stands for the resource type where a request is about all of them.</summary>
    internal const string All = "all";

    /// <summary>What a search by POST has in the place of an id.</summary>
    internal const string Search = ".search";

    static readonly string[] Discovery = ["ServiceProviderConfig", "ResourceTypes", "Schemas"];

    internal static LoggedAction Of(Told told)
    {
        var (kind, sentence) = Meant(told);
        return new(kind, sentence + Outcome(told));
    }

    static (string Kind, string Sentence) Meant(Told t) => (t.Verb, t.Resource, t.Id) switch
    {
        ("OPTIONS", _, _) => ("options", "Ask which verbs are allowed"),
        (_, null, _) => ("other", $"{t.Verb} of a path where nothing is"),
        ("GET" or "HEAD", var discovery, _) when Discovery.Contains(discovery) => ("discovery", $"Read {discovery}"),
        (_, "Me", _) => ("me", $"{t.Verb} of /Me"),
        ("POST", "Bulk", _) => ("bulk", $"Run {Count(t.Request?["Operations"])} operations"),
        ("GET" or "HEAD", _, null) => Listed(t),
        ("POST", _, Search) => Listed(t),
        ("GET" or "HEAD", _, _) => ("read", $"Read {Name(t)}"),
        ("POST", _, null) => Has(t, "reactivated") ? ("reactivate", $"Bring back {Name(t)}") : ("create", $"Create {Name(t)}"),
        ("PUT" or "PATCH", _, not null) => Changed(t),
        ("DELETE", _, not null) => ("delete", $"Delete {Name(t)}"),
        _ => ("other", $"{t.Verb} of {t.Resource}"),
    };

    static (string, string) Listed(Told t)
    {
        if (t.Filter is { } filter)
            return LookUp().Match(filter) is { Success: true } one ? (t.Resource != "Users" || ByName().IsMatch(one.Groups[1].Value) ? "lookUp" : "lookUpOther", $"Look up a {Noun(t)} by {one.Groups[1].Value}") : ("list", $"List {Nouns(t)} by a filter");
        return t is { Count: "2", StartIndex: "1" } ? ("test", "Test the connection") : ("list", $"List {Nouns(t)}");
    }

    static (string, string) Changed(Told t)
    {
        if (Has(t, "deactivated")) return ("deactivate", $"Deactivate {Name(t)}");
        if (Has(t, "reactivated")) return ("reactivate", $"Reactivate {Name(t)}");
        if (Has(t, "renamed") && t.Events.Count == 1) return ("rename", $"Rename {Name(t)}");
        if (t.Verb == "PUT") return ("replace", $"Replace {Name(t)}{(t.Members == default ? "" : $" ({t.Members.Added} members came, {t.Members.Removed} went)")}");
        if (t.Events.Count == 0 && Active(t.Request) is { } active) return active ? ("reactivate", $"Reactivate {Name(t)}") : ("deactivate", $"Deactivate {Name(t)}");
        return Operations(t.Request).All(o => o["path"]?.AsString?.StartsWith("members", StringComparison.OrdinalIgnoreCase) == true) && Operations(t.Request).Any()
            ? ("members", Moved(t))
            : ("update", $"Change {Name(t)}");
    }

    static string Moved(Told t) => t.Members switch
    {
        (0, 0) => $"Change the members of {Name(t)}",
        (var added, 0) => $"Add {Members(added)} to {Name(t)}",
        (0, var removed) => $"Remove {Members(removed)} from {Name(t)}",
        var (added, removed) => $"Add {Members(added)} to {Name(t)} and remove {removed}",
    };

    static string Members(int count) => count == 1 ? "1 member" : $"{count} members";

    static string Outcome(Told t) => t.Status switch
    {
        404 => ": not found",
        429 => ": too many requests",
        >= 500 => $": failed ({t.Status})",
        >= 400 => $": refused ({t.Status}{(t.ScimType is null ? "" : " " + t.ScimType)})",
        304 => ": unchanged since it was last read",
        _ when (t.Verb is "GET" or "HEAD" && t.Id is null || t.Id == Search) && Total(t.Answer) is { } total => $": {Found(t, total)}",
        _ when t.Verb is "POST" or "PUT" or "PATCH" or "DELETE" && t.Events.Count == 0 && t is { Resource: not "Bulk" and not null, Id: not Search } => ": nothing changed",
        _ => "",
    };

    static string Found(Told t, decimal total) => (total, t.Filter) switch
    {
        (0, not null) => t.Resource == "Users" ? "nobody found" : "none found",
        (_, not null) => $"{total} found",
        _ => $"{total} in all",
    };

    static string Name(Told t) =>
        Text(t.Answer, t) ?? t.KnownAs ?? Text(t.Request, t) ?? t.Id ?? $"a {Noun(t)}";

    static string? Text(ScimObject? body, Told t) => Of(body, t.Resource == "Users" ? "userName" : "displayName");

    static string? Of(ScimObject? body, string name) => body?[name]?.AsString is { Length: > 0 } text ? text : null;

    static string Noun(Told t) => t.Resource switch { "Users" => "person", "Groups" => "group", All => "person or group", var other => other!.TrimEnd('s') };

    static string Nouns(Told t) => t.Resource switch { "Users" => "people", "Groups" => "groups", All => "people and groups", var other => other! };

    static bool Has(Told t, string ending) => t.Events.Any(e => e.EndsWith(ending, StringComparison.Ordinal));

    // What the last operation that speaks of it wants.
    static bool? Active(ScimObject? request)
    {
        bool? wanted = null;
        foreach (var operation in Operations(request))
        {
            var value = operation["path"]?.AsString is { } path ? path.EndsWith("active", StringComparison.OrdinalIgnoreCase) ? operation["value"] : null : (operation["value"] as ScimObject)?["active"];
            wanted = value?.AsBoolean ?? (bool.TryParse(value?.AsString, out var text) ? text : wanted);
        }
        return wanted;
    }

    internal static IEnumerable<ScimObject> Operations(ScimObject? request) => request?["Operations"] switch
    {
        ScimArray array => array.Items.OfType<ScimObject>(),
        ScimObject one => [one],
        _ => [],
    };

    static int Count(ScimValue? operations) => operations is ScimArray array ? array.Items.Length : 0;

    static decimal? Total(ScimObject? answer) => (answer?["totalResults"] as ScimNumber)?.Value;

    // Whom an identity provider is to find before it creates anybody is found by one of these.
    [GeneratedRegex("^(urn:ietf:params:scim:schemas:core:2\\.0:User:)?(id|userName|emails(\\.value)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex ByName();

    [GeneratedRegex("^\\s*([A-Za-z][A-Za-z0-9.:$_-]{0,100})(?:\\[[^\\]]{0,100}\\](?:\\.value)?)?\\s+eq\\s+(?:\"(?:[^\"\\\\]|\\\\.)*\"|true|false|[0-9.]+)\\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex LookUp();
}

/// <summary>What a sentence is made of.</summary>
/// <param name="Resource">As the routes spell it, such as <c>Users</c>; null for a path that nothing stands at.</param>
/// <param name="Id">What the path has after it.</param>
internal sealed record Told(string Verb, string? Resource, string? Id, int Status)
{
    internal string? ScimType { get; init; }

    internal string? Filter { get; init; }

    internal string? StartIndex { get; init; }

    internal string? Count { get; init; }

    internal ScimObject? Request { get; init; }

    internal ScimObject? Answer { get; init; }

    internal IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>The name before the request, where the store told it.</summary>
    internal string? KnownAs { get; init; }

    /// <summary>How many members groups gained and lost.</summary>
    internal (int Added, int Removed) Members { get; init; }
}

namespace Scim.Api.CommandCenter.Components;

/// <summary>Addresses that carry what a page is asked.</summary>
internal static class QueryLink
{
    /// <summary>A path with parameters: those given, changed; null takes one away. A cursor belongs to one question and stays with none that is changed.</summary>
    internal static string Of(string path, IQueryCollection asked, params (string Name, string? Value)[] changes)
    {
        var kept = asked.Where(p => p.Key != "cursor" && changes.All(c => c.Name != p.Key)).Select(p => (Name: p.Key, Value: (string?)p.Value.ToString()));
        return Of(path, [.. kept.Concat(changes)]);
    }

    /// <summary>A path with parameters, those without a value left out.</summary>
    internal static string Of(string path, params (string Name, string? Value)[] parameters) =>
        path + QueryString.Create(parameters.Where(p => !string.IsNullOrWhiteSpace(p.Value)).Select(p => KeyValuePair.Create(p.Name, p.Value)));
}

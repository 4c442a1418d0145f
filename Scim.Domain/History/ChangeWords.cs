namespace Scim.Domain.History;

/// <summary>What became of attributes, in words that follow the actor: <c>changed Ada Byron's title from "Guide" to "Lead"</c>.</summary>
static class ChangeWords
{
    const int MaxPaths = 6;

    /// <summary>Attributes of somebody or something; the change is null when its values were erased.</summary>
    internal static string Of(string name, IReadOnlyList<string> paths, AttributeChange? change, Telling telling) => paths switch
    {
        [] => $"changed nothing of {name}",
        [var path] when change is null => $"changed {Wording.Possessive(name)} {AttributeWords.Of(path)} from {Wording.Erased} to {Wording.Erased}",
        [var path] => One(Wording.Possessive(name), path, change, telling),
        _ => $"changed {paths.Count} attributes of {name}: {Wording.List([.. Named(paths)])}",
    };

    /// <summary>The people whom the values of the change mean.</summary>
    internal static IEnumerable<Guid> Mentioned(AttributeChange? change)
    {
        foreach (var values in change is null ? [] : new[] { change.Before, change.After })
            if (ValueWords.IsPerson(AttributeWords.Manager, values[AttributeWords.Manager]?.AsString, out var id)) yield return id;
    }

    static string One(string whose, string path, AttributeChange change, Telling telling)
    {
        var (before, after) = (change.Before[path], change.After[path]);
        var (words, then, now) = (AttributeWords.Of(path), ValueWords.Of(path, before, telling), ValueWords.Of(path, after, telling));
        if (before is null or { IsUnassigned: true }) return $"set {whose} {words} to {now}";
        if (after is null or { IsUnassigned: true }) return $"removed {whose} {words} ({then})";
        return then == now ? $"changed details of {whose} {words} ({now})" : $"changed {whose} {words} from {then} to {now}";
    }

    static IEnumerable<string> Named(IReadOnlyList<string> paths)
    {
        var named = paths.Count > MaxPaths ? MaxPaths - 1 : paths.Count;
        foreach (var path in paths.Take(named)) yield return AttributeWords.Of(path);
        if (named < paths.Count) yield return $"{paths.Count - named} others";
    }
}

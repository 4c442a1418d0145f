using System.Globalization;
using System.Text.Json;

namespace Scim.Api.Audit.Replay;

/// <summary>Where two JSON values differ, as paths; the order of members does not matter to jsonb, and not here.</summary>
internal static class JsonDifference
{
    const int Most = 8;

    /// <summary>The paths, at most eight; none where both are the same.</summary>
    internal static List<string> Paths(string root, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> stored)
    {
        using var one = JsonDocument.Parse(expected);
        using var other = JsonDocument.Parse(stored);
        var paths = new List<string>();
        if (!JsonElement.DeepEquals(one.RootElement, other.RootElement)) Collect(root, one.RootElement, other.RootElement, paths);
        return paths;
    }

    static void Collect(string path, JsonElement one, JsonElement other, List<string> paths)
    {
        if (paths.Count >= Most) return;
        if (one.ValueKind == JsonValueKind.Object && other.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in one.EnumerateObject())
                if (!other.TryGetProperty(member.Name, out var there)) paths.Add($"{path}.{member.Name}");
                else if (!JsonElement.DeepEquals(member.Value, there)) Collect($"{path}.{member.Name}", member.Value, there, paths);
            foreach (var member in other.EnumerateObject())
                if (!one.TryGetProperty(member.Name, out _)) paths.Add($"{path}.{member.Name}");
        }
        else if (one.ValueKind == JsonValueKind.Array && other.ValueKind == JsonValueKind.Array && one.GetArrayLength() == other.GetArrayLength())
        {
            for (var i = 0; i < one.GetArrayLength(); i++)
                if (!JsonElement.DeepEquals(one[i], other[i])) Collect($"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", one[i], other[i], paths);
        }
        else paths.Add(path);
    }
}

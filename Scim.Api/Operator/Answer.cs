using System.Globalization;
using System.Text.Json;
using Scim.Api.EventStore;

namespace Scim.Api.Operator;

/// <summary>What a command answers on standard output, and exit code 0 with it.</summary>
internal static class Answer
{
    internal static async Task<int> Words(string text)
    {
        await Console.Out.WriteLineAsync(text);
        return 0;
    }

    internal static Task<int> Json<T>(T answer) => Words(JsonSerializer.Serialize(answer, EventStoreOptions.Json));

    /// <summary>Columns as wide as their widest cell; the last, which people name, ends where it ends.</summary>
    internal static Task<int> Table(string[] head, IEnumerable<string[]> rows)
    {
        string[][] lines = [head, .. rows];
        var widths = head.Select((_, column) => lines.Max(l => l[column].Length)).ToArray();
        return Words(string.Join('\n', lines.Select(l => string.Join("  ", l.Select((cell, column) => column == head.Length - 1 ? cell : cell.PadRight(widths[column]))))));
    }

    internal static string OnOff(bool on) => on ? "on" : "off";

    /// <remarks>Example: <c>2026-03-01 09:30Z</c></remarks>
    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}

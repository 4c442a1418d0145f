namespace Scim.Tests.Protocol;

/// <summary>A text file of cases: one a line, cells apart by " | ", lines that begin with # are headings and remarks.</summary>
static class CaseTable
{
    internal static IEnumerable<string[]> Read(string name) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Protocol", "Cases", name))
            .Where(line => line.Trim().Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split(" | ", StringSplitOptions.TrimEntries));
}

using System.Text.RegularExpressions;

namespace Scim.Tests.Conversations;

/// <summary>
/// What an identity provider and the service say to each other, as a text file: headers of every request, then requests
/// and the answers they shall have, then the history and the directory as they shall be.
/// </summary>
/// <remarks>
/// <code>
/// User-Agent: …              headers of all requests
/// == A step                  names what follows
/// @ suspend {{ada}}          an administrator acts
/// > POST /Users              a request: further headers ("-": not sent), then its body
/// &lt; 201 at least            its answer: headers, then its body; exact unless "at least"
/// ~ a repair                 what a look-up is forgiven
/// = events of {{ada}}        type (paths) ~ repairs ? unknown names; one line each, no more
/// = group events of {{crew}} the same of a group; how many members came (+) or went (-) behind the type
/// = directory                id, active or inactive or suspended, userName; one line each, no more
/// </code>
/// <c>{{name}}</c> is captured where it stands first in an answer and filled in from then on; <c>*</c> stands for anything.
/// </remarks>
internal sealed partial class Conversation
{
    readonly List<Part> _parts = [];

    Conversation(string name) => Name = name;

    internal string Name { get; }

    /// <summary>The parts in order; the first holds the headers of all requests.</summary>
    internal IReadOnlyList<Part> Parts => _parts;

    static string Folder => Path.Combine(AppContext.BaseDirectory, "Conversations");

    /// <summary>The names of all conversations, such as <c>okta/wizard</c>.</summary>
    internal static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.txt", SearchOption.AllDirectories).Select(f => Path.ChangeExtension(Path.GetRelativePath(Folder, f), null).Replace('\\', '/')).Order(StringComparer.Ordinal);

    internal static Conversation Read(string name)
    {
        var conversation = new Conversation(name);
        var (part, step, number) = (conversation.Begin("", "headers", "", 1), "", 0);
        foreach (var line in File.ReadLines(Path.Combine(Folder, name + ".txt")))
        {
            number++;
            if (line.Trim().Length == 0 || line[0] == '#') continue;
            if (line.StartsWith("== ", StringComparison.Ordinal)) step = line[3..];
            else if (line.Length > 2 && line[1] == ' ' && line[0] is '>' or '<' or '~' or '@' or '=') part = conversation.Begin(line[..1], line[2..].Trim(), step, number);
            else if (part.Body.Length == 0 && part.Kind is "" or ">" or "<" && Header().Match(line) is { Success: true } header) part.Headers[header.Groups[1].Value] = header.Groups[2].Value;
            else part.Lines.Add(line);
        }
        return conversation;
    }

    Part Begin(string kind, string text, string step, int line)
    {
        _parts.Add(new Part(kind, text, step, line));
        return _parts[^1];
    }

    [GeneratedRegex("^([A-Za-z-]+): (.*)$")]
    private static partial Regex Header();

    /// <summary>One marked line and what stands below it.</summary>
    internal sealed record Part(string Kind, string Text, string Step, int Line)
    {
        internal Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

        internal List<string> Lines { get; } = [];

        internal string Body => string.Join('\n', Lines);
    }
}

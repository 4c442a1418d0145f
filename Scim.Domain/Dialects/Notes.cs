using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Dialects;

/// <summary>
/// What a request was forgiven and what of it we do not know, collected while it is read. Noted on the event's metadata
/// and counted; in strict mode the first of it is refused instead.
/// </summary>
public sealed class Notes(bool strict = false)
{
    const int MaxShown = 64;
    readonly SortedSet<string> _repairs = new(StringComparer.Ordinal);
    readonly List<string> _unmapped = [];
    readonly List<string> _types = []; // of the same places

    /// <summary>Whether what would be noted is refused.</summary>
    public bool Strict { get; } = strict;

    /// <summary>The names of the repairs that were applied.</summary>
    public IReadOnlyCollection<string> Repairs => _repairs;

    /// <summary>The attributes that we do not know, as sent and shown: at most 20 of 64 characters, never a value; of a longer name, which has a URN before it, the end.</summary>
    public IReadOnlyList<string> Unmapped => _unmapped;

    /// <summary>The same names, each with the JSON type of the last value sent under it, and members that nobody is: what the inbox of unmapped names keeps.</summary>
    public IEnumerable<(string Name, string JsonType)> Skipped => _unmapped.Zip(_types).Concat(UnknownMemberCount > 0 ? [("members", "array")] : []);

    /// <summary>How many members were named that the organization does not have.</summary>
    public int UnknownMemberCount { get; private set; }

    /// <summary>Notes that a deviation of that name was repaired.</summary>
    /// <exception cref="ScimException">400 in strict mode.</exception>
    public void Repair(string name, string detail)
    {
        if (Strict) throw ScimException.InvalidSyntax(detail);
        _repairs.Add(name);
    }

    /// <summary>Notes what the RFCs allow and an administrator may still want to know; never refused.</summary>
    public void Remark(string name) => _repairs.Add(name);

    /// <summary>Notes an attribute that no schema of the resource type knows. A name that is no attribute name is not shown.</summary>
    /// <exception cref="ScimException">400 in strict mode.</exception>
    /// <param name="value">What was sent for it; only its JSON type is kept.</param>
    public void Unknown(string name, ScimValue? value = null)
    {
        var shown = !AttributeNames.IsWellFormed(name) ? "(malformed)" : name.Length <= MaxShown ? name : name[^MaxShown..];
        if (Strict) throw ScimException.InvalidValue($"The attribute {shown} is not known to any schema of this resource type.");
        var at = _unmapped.IndexOf(shown);
        if (at >= 0) _types[at] = TypeOf(value);
        else if (_unmapped.Count < 20)
        {
            _unmapped.Add(shown);
            _types.Add(TypeOf(value));
        }
    }

    static string TypeOf(ScimValue? value) => value switch
    {
        ScimString => "string",
        ScimNumber => "number",
        ScimBoolean => "boolean",
        ScimArray => "array",
        ScimObject => "object",
        _ => "null",
    };

    /// <summary>Notes members that the organization does not have: their number, never their names.</summary>
    /// <exception cref="ScimException">400 in strict mode.</exception>
    public void UnknownMembers(int count, string detail)
    {
        if (Strict) throw ScimException.InvalidValue(detail);
        _repairs.Add(Dialects.Repairs.UnknownMembers.Name);
        UnknownMemberCount += count;
    }
}

/// <summary>What may be an attribute name (RFC 7643 §2.1) or a schema URN, so that it may be shown.</summary>
static class AttributeNames
{
    internal static bool IsWellFormed(string name) =>
        name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '$')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '$');
}

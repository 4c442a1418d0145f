using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>
/// Whom a request names, known to us or not, as keyed hashes: the canonical userName or e-mail address, the externalId, the
/// id. By them a person's rows are found and erased without a name standing open.
/// </summary>
internal sealed partial class Subjects(ReadOnlyMemory<byte> key)
{
    const int Length = 16, Most = 4096;

    readonly HashSet<string> _named = new(StringComparer.Ordinal);

    internal void Name(string? userName) => Add("name", userName is null ? null : CanonicalKey.Of(userName));

    internal void External(string? externalId) => Add("external", externalId);

    internal void Id(Guid id) => Add("id", id.ToString("D"));

    /// <summary>Whom a body names, at any depth.</summary>
    internal void Body(ScimValue? value)
    {
        switch (value)
        {
            case ScimArray array:
                foreach (var item in array.Items) Body(item);
                break;
            case ScimObject o:
                var path = o["path"]?.AsString;
                foreach (var (name, member) in o.Members) Member(path is not null && name.Equals("value", StringComparison.OrdinalIgnoreCase) ? path : name, member);
                break;
        }
    }

    /// <summary>Whom a filter compares with.</summary>
    internal void Filter(string? filter)
    {
        if (filter is null) return;
        foreach (Match term in Comparison().Matches(filter)) Member(term.Groups[1].Value, ScimValue.Of(Regex.Replace(term.Groups[2].Value, @"\\(.)", "$1")));
    }

    /// <summary>The hashes, in an order that says nothing.</summary>
    internal byte[][] Hashes() => [.. _named.Select(n => HMACSHA256.HashData(key.Span, Encoding.UTF8.GetBytes(n))[..Length]).OrderBy(Convert.ToHexString, StringComparer.Ordinal)];

    void Member(string name, ScimValue value)
    {
        var isEmail = Has(name, "emails");
        switch (value)
        {
            case ScimString { Value: var text } when Guid.TryParseExact(text, "D", out var id): Id(id); break;
            case ScimString text when Has(name, "userName") || isEmail: Name(text.Value); break;
            case ScimString text when Has(name, "externalId"): External(text.Value); break;
            case ScimString: break;
            case ScimArray array when isEmail:
                foreach (var item in array.Items) Email(item);
                break;
            case ScimObject when isEmail: Email(value); break;
            default: Body(value); break;
        }
    }

    void Email(ScimValue item) => Name((item as ScimObject)?["value"]?.AsString ?? item.AsString);

    void Add(string kind, string? text)
    {
        if (!string.IsNullOrEmpty(text) && _named.Count < Most) _named.Add($"{kind}\n{text}");
    }

    static bool Has(string name, string attribute) => name.Contains(attribute, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("([A-Za-z][A-Za-z0-9.:$_-]*)\\s+[a-z]{2}\\s+\"((?:[^\"\\\\]|\\\\.)*)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Comparison();
}

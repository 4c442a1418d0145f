using System.Text.Json;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Groups;

/// <summary>
/// Members as a request names them, and nothing else of what it says about them: the ids that may be ours, and apart the
/// texts that cannot be. A value like any other, so that it can stand for the array of members where a body is read as a
/// stream.
/// </summary>
public sealed class NamedMembers : ScimValue
{
    static readonly HashSet<string> NoTexts = [];

    internal NamedMembers(IdSet ids, IReadOnlySet<string> unknown, ScimArray? rest = null) => (Ids, Unknown, Rest) = (ids, unknown, rest);

    /// <summary>Nobody.</summary>
    public static NamedMembers None { get; } = new(IdSet.Empty, NoTexts);

    /// <summary>The ids, whether they exist or not.</summary>
    public IdSet Ids { get; }

    /// <summary>The texts that are no ids of ours.</summary>
    public IReadOnlySet<string> Unknown { get; }

    /// <summary>Elements that are no plain members and still have to be understood; null where all are.</summary>
    internal ScimArray? Rest { get; }

    /// <summary>How many are named.</summary>
    public int Count => Ids.Count + Unknown.Count + (Rest?.Items.Length ?? 0);

    /// <inheritdoc />
    public override bool IsUnassigned => Count == 0;

    /// <summary>The members of these texts.</summary>
    public static NamedMembers Of(params IEnumerable<string> texts)
    {
        var builder = new NamedMembersBuilder();
        foreach (var text in texts) builder.Add(text);
        return builder.Build();
    }

    /// <inheritdoc />
    public override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var text in Ids.Select(i => i.ToString()).Concat(Unknown.Order(StringComparer.Ordinal)))
        {
            writer.WriteStartObject();
            writer.WriteString("value", text);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <inheritdoc />
    public override bool Equals(ScimValue? other) => other is NamedMembers m && m.Ids.Equals(Ids) && m.Unknown.SetEquals(Unknown);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Ids, Unknown.Count);
}

/// <summary>Takes members one at a time, as they are read.</summary>
public sealed class NamedMembersBuilder
{
    readonly List<Guid> _ids = [];
    readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    readonly List<ScimValue> _rest = [];

    /// <summary>Takes an element as it was sent. Of a plain one, an object of a member's attributes, the <c>value</c> is kept alone.</summary>
    public void Add(ScimValue element)
    {
        if (MemberReader.Plain(element) is { } value) Add(value);
        else _rest.Add(element);
    }

    /// <summary>Takes those of others.</summary>
    internal void Add(NamedMembers members)
    {
        _ids.AddRange(members.Ids);
        _unknown.UnionWith(members.Unknown);
    }

    /// <summary>Takes the <c>value</c> of one member; an id of ours is one in lower case with hyphens.</summary>
    public void Add(string value)
    {
        Span<char> written = stackalloc char[36];
        if (Guid.TryParseExact(value, "D", out var id) && id.TryFormat(written, out _) && value.AsSpan().SequenceEqual(written)) _ids.Add(id);
        else _unknown.Add(value);
    }

    /// <summary>Those taken so far, each once.</summary>
    public NamedMembers Build() => _ids.Count + _unknown.Count + _rest.Count == 0 ? NamedMembers.None : new(IdSet.Of(_ids), new HashSet<string>(_unknown, StringComparer.Ordinal), _rest.Count == 0 ? null : ScimValue.Of(_rest));
}

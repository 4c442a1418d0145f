using System.Collections.Immutable;
using System.Text.Json;

namespace Scim.Domain.Protocol.Json;

/// <summary>
/// A JSON object whose member names are found in any case (RFC 7643 §2.1). Names differ by more than case: the strict
/// reader refuses twins.
/// </summary>
/// <remarks>Example: <c>{"userName":"bjensen","name":{"familyName":"Jensen"}}</c></remarks>
public sealed class ScimObject : ScimValue
{
    internal ScimObject(ImmutableArray<KeyValuePair<string, ScimValue>> members) => Members = members;

    /// <summary>The object without members.</summary>
    public static ScimObject Empty { get; } = new([]);

    /// <summary>The members in order.</summary>
    public ImmutableArray<KeyValuePair<string, ScimValue>> Members { get; }

    /// <inheritdoc />
    public override bool IsUnassigned => Members.All(m => m.Value.IsUnassigned);

    /// <summary>The member of that name in any case, or null.</summary>
    public ScimValue? this[string name]
    {
        get
        {
            foreach (var member in Members)
                if (string.Equals(member.Key, name, StringComparison.OrdinalIgnoreCase)) return member.Value;
            return null;
        }
    }

    /// <summary>This object with the member set: in its place when there, else at the end.</summary>
    public ScimObject With(string name, ScimValue value)
    {
        var at = IndexOf(name);
        var member = KeyValuePair.Create(name, value);
        return new ScimObject(at < 0 ? Members.Add(member) : Members.SetItem(at, member));
    }

    /// <summary>This object without the member of that name.</summary>
    public ScimObject Without(string name) => IndexOf(name) is >= 0 and var at ? new ScimObject(Members.RemoveAt(at)) : this;

    /// <inheritdoc />
    public override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in Members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    /// <inheritdoc />
    public override bool Equals(ScimValue? other)
    {
        if (other is not ScimObject o || o.Members.Length != Members.Length) return false;
        for (var i = 0; i < Members.Length; i++)
        {
            var (name, value) = Members[i];
            var twin = string.Equals(o.Members[i].Key, name, StringComparison.OrdinalIgnoreCase) ? o.Members[i].Value : o[name];
            if (!value.Equals(twin)) return false;
        }
        return true;
    }

    /// <inheritdoc />
    public override int GetHashCode() =>
        Members.Sum(m => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(m.Key), m.Value) % 1_000_003);

    internal int IndexOf(string name)
    {
        for (var i = 0; i < Members.Length; i++)
            if (string.Equals(Members[i].Key, name, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Scim.Domain.Protocol.Json;

/// <summary>
/// An immutable JSON value, the one form in which attribute values travel: from the reader through decisions and events
/// to the answer. Two values are equal when they say the same: numbers by value, objects regardless of the order and
/// case of their names (RFC 7643 §2.1), arrays in order.
/// </summary>
public abstract class ScimValue : IEquatable<ScimValue>
{
    private protected ScimValue() { }

    /// <summary>JSON <c>null</c>: in SCIM the same as unassigned (RFC 7643 §2.5).</summary>
    public static ScimValue Null { get; } = new ScimNull();

    /// <summary><c>true</c>.</summary>
    public static ScimValue True { get; } = new ScimBoolean(true);

    /// <summary><c>false</c>.</summary>
    public static ScimValue False { get; } = new ScimBoolean(false);

    /// <summary>A string value.</summary>
    public static ScimValue Of(string value) => new ScimString(value);

    /// <summary>A boolean value.</summary>
    public static ScimValue Of(bool value) => value ? True : False;

    /// <summary>A number, normalised: <c>1.50</c> and <c>1.5</c> are the same.</summary>
    public static ScimValue Of(decimal value) => new ScimNumber(value);

    /// <summary>An array of values.</summary>
    public static ScimArray Of(params IEnumerable<ScimValue> items) => new([.. items]);

    /// <summary>An object of the given members, in the given order.</summary>
    public static ScimObject Of(params IEnumerable<(string Name, ScimValue Value)> members) =>
        new([.. members.Select(m => KeyValuePair.Create(m.Name, m.Value))]);

    /// <summary>
    /// Unassigned as RFC 7643 §2.5 and its practice mean it: <c>null</c>, <c>[]</c>, <c>""</c>, <c>{}</c>, and an object
    /// whose every member is unassigned, such as <c>{"value":""}</c>.
    /// </summary>
    public virtual bool IsUnassigned => false;

    /// <summary>The text of a string value, or null for any other kind.</summary>
    public string? AsString => (this as ScimString)?.Value;

    /// <summary>The truth of a boolean value, or null for any other kind.</summary>
    public bool? AsBoolean => (this as ScimBoolean)?.Value;

    /// <summary>Writes the value as JSON, members in their order.</summary>
    public abstract void WriteTo(Utf8JsonWriter writer);

    /// <summary>The value as compact JSON.</summary>
    public override string ToString()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, ScimJson.WriterOptions)) WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <inheritdoc />
    public abstract bool Equals(ScimValue? other);

    /// <inheritdoc />
    public sealed override bool Equals(object? obj) => obj is ScimValue other && Equals(other);

    /// <inheritdoc />
    public abstract override int GetHashCode();
}

/// <summary>JSON <c>null</c>.</summary>
public sealed class ScimNull : ScimValue
{
    internal ScimNull() { }

    /// <inheritdoc />
    public override bool IsUnassigned => true;

    /// <inheritdoc />
    public override void WriteTo(Utf8JsonWriter writer) => writer.WriteNullValue();

    /// <inheritdoc />
    public override bool Equals(ScimValue? other) => other is ScimNull;

    /// <inheritdoc />
    public override int GetHashCode() => 0;
}

/// <summary>A JSON boolean.</summary>
public sealed class ScimBoolean : ScimValue
{
    internal ScimBoolean(bool value) => Value = value;

    /// <summary>The truth value.</summary>
    public bool Value { get; }

    /// <inheritdoc />
    public override void WriteTo(Utf8JsonWriter writer) => writer.WriteBooleanValue(Value);

    /// <inheritdoc />
    public override bool Equals(ScimValue? other) => other is ScimBoolean b && b.Value == Value;

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode();
}

/// <summary>A JSON number, held exactly; at most 28 significant digits.</summary>
public sealed class ScimNumber : ScimValue
{
    internal ScimNumber(decimal value) => Value = value / 1.0000000000000000000000000000m; // drops trailing zeros

    /// <summary>The number without trailing zeros.</summary>
    public decimal Value { get; }

    /// <inheritdoc />
    public override void WriteTo(Utf8JsonWriter writer) => writer.WriteRawValue(Value.ToString(CultureInfo.InvariantCulture), skipInputValidation: true);

    /// <inheritdoc />
    public override bool Equals(ScimValue? other) => other is ScimNumber n && n.Value == Value;

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode();
}

/// <summary>A JSON string of well-formed Unicode without U+0000.</summary>
public sealed class ScimString : ScimValue
{
    internal ScimString(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <inheritdoc />
    public override bool IsUnassigned => Value.Length == 0;

    /// <inheritdoc />
    public override void WriteTo(Utf8JsonWriter writer) => writer.WriteStringValue(Value);

    /// <inheritdoc />
    public override bool Equals(ScimValue? other) => other is ScimString s && string.Equals(s.Value, Value, StringComparison.Ordinal);

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);
}

/// <summary>A JSON array.</summary>
public sealed class ScimArray : ScimValue
{
    internal ScimArray(ImmutableArray<ScimValue> items) => Items = items;

    /// <summary>The array without items.</summary>
    public static ScimArray Empty { get; } = new([]);

    /// <summary>The items in order.</summary>
    public ImmutableArray<ScimValue> Items { get; }

    /// <inheritdoc />
    public override bool IsUnassigned => Items.All(i => i.IsUnassigned);

    /// <inheritdoc />
    public override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var item in Items) item.WriteTo(writer);
        writer.WriteEndArray();
    }

    /// <inheritdoc />
    public override bool Equals(ScimValue? other) => other is ScimArray a && a.Items.SequenceEqual(Items);

    /// <inheritdoc />
    public override int GetHashCode() => Items.Aggregate(17, HashCode.Combine);
}

using System.Collections.Immutable;
using System.Text;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>
/// Reads attribute values from outside by their definitions: what comes out has the schema's type, order and spelling.
/// Unassigned is null (RFC 7643 §2.5). It forgives by named repairs only, and counts what it knew and what not.
/// </summary>
sealed class ValueReader(Notes notes)
{
    /// <summary>Bytes of UTF-8 that one text may have.</summary>
    internal const int MaxTextBytes = 8192;

    /// <summary>Values whose attribute is known, whether they are kept or ignored.</summary>
    internal int Known { get; private set; }

    /// <summary>The first attribute that no schema knows.</summary>
    internal string? FirstUnknown { get; private set; }

    /// <summary>Counts a value whose attribute is known and which is ignored by rule.</summary>
    internal void Ignore() => Known++;

    /// <summary>Skips an attribute that no schema knows.</summary>
    internal void Unknown(string name, ScimValue? value)
    {
        FirstUnknown ??= name;
        notes.Unknown(name, value);
    }

    /// <summary>The value of an attribute or sub-attribute, null when it is unassigned.</summary>
    /// <param name="path">How errors name it.</param>
    /// <exception cref="ScimException">400 <c>invalidValue</c>, naming the path and what would be right.</exception>
    internal ScimValue? Read(AttributeDefinition attribute, ScimValue sent, string path) =>
        attribute.MultiValued ? ReadElements(attribute, sent, path) : ReadSingle(attribute, sent, path);

    /// <summary>
    /// The elements of a multi-valued attribute in the order sent; identical ones are one (RFC 7643 §2.4), and one at most
    /// is primary.
    /// </summary>
    /// <param name="barren">Whether elements without anything but type, primary and display are kept, as when they say what to remove.</param>
    internal ScimArray? ReadElements(AttributeDefinition attribute, ScimValue sent, string path, bool barren = false)
    {
        var items = ItemsOf(sent, path);
        if (items.Length > attribute.MaxElements) throw TooMany(attribute, path);
        var elements = ImmutableArray.CreateBuilder<ScimValue>(items.Length);
        var seen = new HashSet<ScimValue>();
        foreach (var item in items)
        {
            if (ReadElement(attribute, item, path) is { } element && (barren || !IsBarren(attribute, element)) && seen.Add(element)) elements.Add(element);
        }
        if (items.All(i => i is not ScimObject && i.IsUnassigned)) Known++;
        CheckPrimary(elements, path);
        return elements.Count == 0 ? null : new ScimArray(elements.ToImmutable());
    }

    /// <summary>
    /// The parts of a complex value, whatever is unknown, readOnly or derived left out.
    /// </summary>
    /// <param name="nulls">Whether unassigned parts are kept as null, as when they say what to unassign.</param>
    internal ScimObject ReadParts(AttributeDefinition attribute, ScimValue sent, string path, bool nulls = false)
    {
        var given = Lift(attribute, sent, path);
        var parts = ImmutableArray.CreateBuilder<KeyValuePair<string, ScimValue>>(given.Members.Length);
        var known = 0;
        foreach (var sub in attribute.SubAttributes)
        {
            if (given[sub.Name] is not { } value) continue;
            known++;
            if (IsIgnored(sub)) Known++;
            else if ((Read(sub, value, $"{path}.{sub.Name}") ?? (nulls ? ScimValue.Null : null)) is { } read) parts.Add(KeyValuePair.Create(sub.Name, read));
        }
        if (known < given.Members.Length)
            foreach (var (name, value) in given.Members)
                if (attribute.Sub(name) is null) Unknown($"{path}.{name}", value);
        return new ScimObject(parts.ToImmutable());
    }

    /// <summary>The one item of an array for a single value; the value itself otherwise.</summary>
    internal ScimValue Unwrap(ScimValue sent, string path)
    {
        if (sent is not ScimArray { Items: [var item] }) return sent;
        if (item is ScimNull or ScimArray) throw Unfit(path, "it has a single value, not an array");
        Repairs.ArrayForSingle.Note(notes, $"{path} has a single value; right would be the value without an array.");
        return item;
    }

    /// <summary>Whether a value sent for the attribute is accepted and left out: the service alone computes it, or keeps none.</summary>
    internal static bool IsIgnored(AttributeDefinition attribute) =>
        attribute.IsDerived || attribute.Mutability is Mutability.ReadOnly or Mutability.WriteOnly;

    /// <summary>Whether an element says nothing but what its value would be for: type, primary, display.</summary>
    internal static bool IsBarren(AttributeDefinition attribute, ScimValue element)
    {
        if (element is not ScimObject parts) return false;
        return parts.Members.All(m => IsBeside(m.Key)) && !attribute.SubAttributes.All(s => IsBeside(s.Name));
        static bool IsBeside(string name) =>
            name.Equals("type", StringComparison.OrdinalIgnoreCase) || name.Equals("primary", StringComparison.OrdinalIgnoreCase) || name.Equals("display", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>RFC 7643 §2.4: the primary value true appears no more than once.</summary>
    internal static void CheckPrimary(IEnumerable<ScimValue> elements, string path)
    {
        if (elements.Count(IsPrimary) > 1) throw Unfit(path, "one element at most is primary");
    }

    /// <summary>Whether it is the preferred element.</summary>
    internal static bool IsPrimary(ScimValue element) => (element as ScimObject)?["primary"]?.AsBoolean == true;

    /// <summary>RFC 7643 §2.2: required parts of each complex value are there.</summary>
    internal static void CheckRequired(AttributeDefinition attribute, ScimValue value, string path)
    {
        if (value is ScimArray array)
            foreach (var item in array.Items) CheckRequired(attribute, item, path);
        if (value is not ScimObject parts) return;
        foreach (var sub in attribute.SubAttributes)
            if (sub.Required && !IsIgnored(sub) && parts[sub.Name] is null)
                throw ScimException.InvalidValue($"{path}.{sub.Name} is required and missing.");
    }

    internal static ScimException TooMany(AttributeDefinition attribute, string path) =>
        ScimException.TooMany($"{path} has more than {attribute.MaxElements} elements.");

    internal static ScimException Unfit(string path, string right) => ScimException.InvalidValue($"{path} has a value that does not fit: {right}.");

    /// <summary>The elements as sent; one without its array is an array of one.</summary>
    internal ImmutableArray<ScimValue> ItemsOf(ScimValue sent, string path)
    {
        var items = sent is ScimArray array ? array.Items : OneElement(sent, path);
        return items.Any(i => i is ScimNull or ScimArray) ? throw Unfit(path, "an element is neither null nor itself an array") : items;
    }

    ImmutableArray<ScimValue> OneElement(ScimValue sent, string path)
    {
        if (sent.IsUnassigned) return [];
        Repairs.SingleForMany.Note(notes, $"{path} is multi-valued; right would be an array.");
        return [sent];
    }

    ScimValue? ReadElement(AttributeDefinition attribute, ScimValue sent, string path)
    {
        if (sent is not ScimObject && sent.IsUnassigned) return null;
        if (attribute.Type != AttributeType.Complex) return ReadScalar(attribute, sent, path);
        var parts = ReadParts(attribute, sent, path);
        return parts.Members.IsEmpty ? null : parts;
    }

    ScimValue? ReadSingle(AttributeDefinition attribute, ScimValue sent, string path)
    {
        sent = Unwrap(sent, path);
        if (sent is ScimArray { Items.IsEmpty: false }) throw Unfit(path, "it has a single value, not an array");
        if (sent is not ScimObject { Members.IsEmpty: false } && sent.IsUnassigned)
        {
            Known++;
            return null;
        }
        if (attribute.Type != AttributeType.Complex) return ReadScalar(attribute, sent, path);
        var parts = ReadParts(attribute, sent, path);
        return parts.Members.IsEmpty ? null : parts;
    }

    ScimObject Lift(AttributeDefinition attribute, ScimValue sent, string path)
    {
        var parts = sent as ScimObject ?? Bare(attribute, sent, path);
        if (RoleInText.TryRead(attribute, parts) is not { } role) return parts;
        Repairs.RoleAsJson.Note(notes, $"{path}.value holds JSON in text; right would be the value alone.");
        return role;
    }

    ScimObject Bare(AttributeDefinition attribute, ScimValue sent, string path)
    {
        if (sent is not ScimString || attribute.Sub("value") is not { } value) throw Unfit(path, $"it is complex, an object{Parts(attribute)}");
        var repair = attribute.MultiValued ? Repairs.BareElements : Repairs.BareValue;
        repair.Note(notes, $"{path} is complex; right would be {{\"value\":…}}.");
        return ScimValue.Of((value.Name, sent));
    }

    static string Parts(AttributeDefinition attribute) => attribute.SubAttributes is [var first, ..] ? $" such as {{\"{first.Name}\":…}}" : "";

    ScimValue? ReadScalar(AttributeDefinition attribute, ScimValue sent, string path)
    {
        Known++;
        if (sent is ScimObject { IsUnassigned: true }) return null;
        return attribute.Type switch
        {
            AttributeType.Boolean => ReadBoolean(sent, path),
            AttributeType.Integer => sent is ScimNumber { Value: var n } && decimal.Truncate(n) == n ? sent : throw Unfit(path, "it is an integer such as 5"),
            AttributeType.Decimal => sent as ScimNumber ?? throw Unfit(path, "it is a number such as 1.5"),
            AttributeType.DateTime => ScimDateTime.TryParse(ReadText(sent, path)) is { } instant ? ScimValue.Of(ScimDateTime.Print(instant))
                : throw Unfit(path, "it is a date with time and offset such as \"2026-05-13T04:42:34Z\""),
            _ => ScimValue.Of(ReadFormatted(attribute, sent, path)),
        };
    }

    ScimValue ReadBoolean(ScimValue sent, string path)
    {
        if (sent is ScimBoolean) return sent;
        if (sent.AsString is not { } text || !bool.TryParse(text, out var truth)) throw Unfit(path, "it is true or false");
        Repairs.TextForBoolean.Note(notes, $"{path} is a boolean written as text; right would be {ScimValue.Of(truth)}.");
        return ScimValue.Of(truth);
    }

    // Formats are the provider's own business: what looks otherwise is stored as sent, so that it comes back the same.
    string ReadFormatted(AttributeDefinition attribute, ScimValue sent, string path)
    {
        var text = ReadText(sent, path);
        // Suggestions (RFC 7643 section 7), which only strict mode insists on.
        if (notes.Strict && !attribute.CanonicalValues.IsEmpty && !attribute.CanonicalValues.Contains(text, attribute.CaseExact ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase))
            throw Unfit(path, $"it is one of {string.Join(", ", attribute.CanonicalValues.Select(v => $"\"{v}\""))}");
        if (!AttributeFormats.Fits(attribute, text)) Repairs.FormatAsSent.Note(notes, $"{path} does not look as expected; right would be {Expected(attribute)}.");
        return text;
    }

    static string Expected(AttributeDefinition attribute) => (attribute.Type, attribute.Format) switch
    {
        (AttributeType.Binary, _) => "base64",
        (AttributeType.Reference, _) => "an absolute URI such as \"https://example.com/bjensen\"",
        (_, AttributeFormat.Email) => "an e-mail address such as \"bjensen@example.com\"",
        (_, AttributeFormat.Locale) => "a language tag such as \"en-US\"",
        _ => "a time zone such as \"America/Los_Angeles\"",
    };

    static string ReadText(ScimValue sent, string path)
    {
        if (sent.AsString is not { } text) throw Unfit(path, "it is a string");
        return text.Length * 3 > MaxTextBytes && Encoding.UTF8.GetByteCount(text) > MaxTextBytes
            ? throw Unfit(path, $"a string has at most {MaxTextBytes} bytes of UTF-8")
            : text;
    }
}

using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>
/// Reads the body of a POST or PUT into the form in which a resource is stored: the schema's types, order and spelling;
/// without what the service computes (<c>id</c>, <c>meta</c>, <c>schemas</c>, readOnly and derived attributes) and without
/// what it keeps nowhere (<c>password</c>).
/// </summary>
public sealed class ResourceReader
{
    readonly ScimObject _body;
    readonly ResourceType _type;
    readonly Notes _notes;
    readonly ValueReader _values;
    readonly ResourceDraft _draft;

    ResourceReader(ScimObject body, ResourceType type, Notes notes) =>
        (_body, _type, _notes, _values, _draft) = (body, type, notes, new ValueReader(notes), new ResourceDraft(ScimObject.Empty, type));

    /// <summary>The stored form of what a POST body describes.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>, naming the attribute and what would be right.</exception>
    public static ScimObject Read(ScimObject body, ResourceType type, Notes notes)
    {
        var reader = new ResourceReader(body, type, notes);
        reader.CheckSchemas();
        reader.ReadNames();
        reader.ReadPaths(); // after the literal names, so that those are never taken for paths
        RequiredAttributes.Check(reader._draft, type);
        return reader._draft.ToResource();
    }

    /// <summary>
    /// The stored form of what a PUT body makes of a resource. What is omitted is cleared, except what an identity provider
    /// omits without meaning it: attributes that are never guessed (<c>active</c>), <c>externalId</c>, immutable values, and
    /// an extension that the body does not name at all.
    /// </summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>; 400 <c>mutability</c> for a changed immutable value (RFC 7644 §3.5.1).</exception>
    public static ScimObject ReadReplacement(ScimObject body, ScimObject current, ResourceType type, Notes notes)
    {
        var desired = new ResourceDraft(Read(body, type, notes), type);
        var before = new ResourceDraft(current, type);
        Keep(desired, before, null, CommonAttributes.ExternalId, omitted: !Names(body, CommonAttributes.ExternalId.Name, type));
        foreach (var attribute in type.Schema.Attributes) Keep(desired, before, null, attribute, omitted: false);
        foreach (var (schema, _) in type.Extensions)
        {
            var omitted = !NamesExtension(body, schema);
            foreach (var attribute in schema.Attributes) Keep(desired, before, schema, attribute, omitted);
        }
        if (body["id"] is not null && LeavesOut(body, before, type)) notes.Remark(Repairs.LeftOut.Name);
        return desired.ToResource();
    }

    static bool LeavesOut(ScimObject body, ResourceDraft before, ResourceType type) =>
        type.Schema.Attributes.Any(a => !a.IsNeverGuessed && before[null, a] is not null && !Names(body, a.Name, type)
            && !body.Members.Any(m => m.Key.StartsWith(a.Name + ".", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether the body names the extension: in <c>schemas</c>, as a key, or in a key that is a path.</summary>
    internal static bool NamesExtension(ScimObject body, Schema extension) =>
        Urns(body).Any(u => Is(u.AsString, extension.Id))
        || body.Members.Any(m => Is(m.Key, extension.Id) || m.Key.StartsWith(extension.Id + ":", StringComparison.OrdinalIgnoreCase));

    static bool Names(ScimObject body, string attribute, ResourceType type) =>
        body[attribute] is not null || body[$"{type.Schema.Id}:{attribute}"] is not null;

    static void Keep(ResourceDraft desired, ResourceDraft before, Schema? extension, AttributeDefinition attribute, bool omitted)
    {
        if (before[extension, attribute] is not { } old) return;
        var value = desired[extension, attribute];
        var immutable = attribute.Mutability == Mutability.Immutable;
        if (value is null && (omitted || attribute.IsNeverGuessed || immutable)) desired[extension, attribute] = old;
        else if (immutable && !old.Equals(value)) throw ScimException.Mutability($"{attribute.Name} is immutable and already has another value.");
    }

    // Missing, unknown and 1.0 URNs change nothing; the endpoint says what the resource is.
    void CheckSchemas()
    {
        var urns = Urns(_body).ToList();
        if (_body["schemas"] is { IsUnassigned: false } and not ScimArray) Repairs.SingleForMany.Note(_notes, "schemas is multi-valued; right would be an array.");
        if (!urns.Any(u => Is(u.AsString, _type.Schema.Id))) Repairs.SchemasMissing.Note(_notes, $"schemas lacks {_type.Schema.Id}.");
        if (urns.Any(u => u.AsString is not { } urn || _type.SchemaOf(urn) is null))
            Repairs.SchemasUnknown.Note(_notes, $"schemas names a URN that is no schema of {_type.Name}; /ResourceTypes lists them.");
        foreach (var (schema, _) in _type.Extensions)
            if (_body[schema.Id] is { IsUnassigned: false } && !urns.Any(u => Is(u.AsString, schema.Id)))
                Repairs.SchemasIncomplete.Note(_notes, $"schemas lacks {schema.Id}, which the body holds.");
    }

    void ReadNames()
    {
        foreach (var (name, value) in _body.Members)
        {
            if (_type.Attribute(name) is { } attribute) Put(new ResolvedPath(null, attribute, null), value);
            else if (Extension(name) is { } schema) ReadExtension(schema, value);
        }
    }

    void ReadExtension(Schema schema, ScimValue sent)
    {
        sent = _values.Unwrap(sent, schema.Id);
        if (sent is not ScimObject && sent.IsUnassigned) return;
        if (sent is not ScimObject parts) throw ValueReader.Unfit(schema.Id, "it is an object of the extension's attributes");
        foreach (var (name, value) in parts.Members)
        {
            if (schema.Attribute(name) is { } attribute) Put(new ResolvedPath(schema, attribute, null), value);
            else _values.Unknown($"{schema.Id}:{name}", value);
        }
    }

    void ReadPaths()
    {
        foreach (var (name, value) in _body.Members)
        {
            if (_type.Attribute(name) is not null || Extension(name) is not null) continue;
            if (PathOf(name) is not { } path) _values.Unknown(name, value);
            else
            {
                Repairs.PathAsKey.Note(_notes, $"A path stands as a key; right would be {path} as an object in an object.");
                Put(path, value);
            }
        }
    }

    // A part of a multi-valued attribute says not which element it means.
    ResolvedPath? PathOf(string name) =>
        name.AsSpan().IndexOfAny('.', ':') >= 0 && AttributePath.TryParse(name, _type)?.Resolve(_type) is { Attribute: { } attribute } path
        && (path.Sub is null || !attribute.MultiValued) ? path : null;

    void Put(ResolvedPath path, ScimValue sent)
    {
        var attribute = path.Attribute!;
        if (IsIgnored(attribute) || path.Sub is not null && ValueReader.IsIgnored(path.Sub))
        {
            _values.Ignore();
            return;
        }
        if (_values.Read(path.Leaf!, sent, path.ToString()) is not { } value) return;
        var old = _draft[path.Extension, attribute];
        if (path.Sub is not null)
        {
            var parts = old as ScimObject ?? ScimObject.Empty;
            old = parts[path.Sub.Name];
            RefuseTwins(path, old, value);
            value = SchemaOrder.Arrange(parts.With(path.Sub.Name, value), attribute.SubAttributes);
        }
        else RefuseTwins(path, old, value);
        _draft[path.Extension, attribute] = value;
    }

    // As for names that stand twice in one object: which of them is meant is nobody's guess.
    static void RefuseTwins(ResolvedPath path, ScimValue? old, ScimValue value)
    {
        if (old is not null && !old.Equals(value)) throw ScimException.InvalidSyntax($"{path} is given twice, with two values.");
    }

    static bool IsIgnored(AttributeDefinition attribute) => ReferenceEquals(attribute, CommonAttributes.Schemas) || ValueReader.IsIgnored(attribute);

    Schema? Extension(string name) => _type.SchemaOf(name) is { } schema && !ReferenceEquals(schema, _type.Schema) ? schema : null;

    static IEnumerable<ScimValue> Urns(ScimObject body) => body["schemas"] switch
    {
        null => [],
        ScimArray array => array.Items.Where(i => !i.IsUnassigned),
        var one => one.IsUnassigned ? [] : [one],
    };

    static bool Is(string? text, string urn) => string.Equals(text, urn, StringComparison.OrdinalIgnoreCase);
}

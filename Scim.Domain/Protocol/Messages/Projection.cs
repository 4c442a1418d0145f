using System.Collections.Immutable;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Messages;

/// <summary>
/// What of a resource an answer shows, RFC 7644 §3.9: <c>attributes</c> names what stands in it beside what is always
/// returned, <c>excludedAttributes</c> what does not. Names that nobody knows are ignored.
/// </summary>
/// <remarks>Example: <c>attributes=userName,name.familyName</c>.</remarks>
public sealed class Projection
{
    readonly ResourceType _type;
    readonly ImmutableArray<ResolvedPath> _paths;
    readonly bool _core; // the core schema's URN stands for all of its attributes
    readonly Mode _mode;

    enum Mode { Default, Only, Except }

    Projection(ResourceType type, Mode mode, IEnumerable<string> names)
    {
        (_type, _mode) = (type, mode);
        var paths = names.Select(n => AttributePath.TryParse(n.Trim(), type)).OfType<AttributePath>().ToList();
        _core = paths.Any(p => p.Name.Length == 0 && string.Equals(p.SchemaUrn, type.Schema.Id, StringComparison.OrdinalIgnoreCase));
        _paths = [.. paths.Select(p => p.Resolve(type)).OfType<ResolvedPath>()];
    }

    /// <summary>What is returned by default.</summary>
    public static Projection Default(ResourceType type) => new(type, Mode.Default, []);

    /// <summary>Reads the query parameters <c>attributes</c> and <c>excludedAttributes</c>; an empty one is as absent.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c> when both are given.</exception>
    public static Projection Parse(string? attributes, string? excludedAttributes, ResourceType type) =>
        Parse(attributes?.Split(','), excludedAttributes?.Split(','), type);

    /// <summary>Reads the same parameters of a search request (RFC 7644 §3.4.3), where they are arrays.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c> when both are given.</exception>
    public static Projection Parse(IEnumerable<string>? attributes, IEnumerable<string>? excludedAttributes, ResourceType type)
    {
        var (only, except) = (Given(attributes), Given(excludedAttributes));
        if (only.Count > 0 && except.Count > 0)
            throw ScimException.InvalidValue("attributes and excludedAttributes exclude each other; give one of them.");
        return only.Count > 0 ? new Projection(type, Mode.Only, only) : new Projection(type, except.Count > 0 ? Mode.Except : Mode.Default, except);

        static List<string> Given(IEnumerable<string>? names) => names?.Where(n => !string.IsNullOrWhiteSpace(n)).ToList() ?? [];
    }

    /// <summary>Whether the client asked for anything but the default; a group's PATCH then answers with a body.</summary>
    public bool IsGiven => _mode != Mode.Default;

    /// <summary>Whether any of the core or common attribute is shown, so that what is not need not be loaded: <c>members</c>, <c>groups</c>.</summary>
    public bool Shows(string attribute) =>
        _type.Attribute(attribute) is { } definition && (definition.Returned == Returned.Always || Shown(null, definition, out _));

    /// <summary>What is shown of a composed resource.</summary>
    public ScimObject Apply(ScimObject resource)
    {
        var members = ImmutableArray.CreateBuilder<KeyValuePair<string, ScimValue>>(resource.Members.Length);
        foreach (var (name, value) in resource.Members)
        {
            var shown = _type.Attribute(name) is { } attribute ? Show(null, attribute, value)
                : _type.SchemaOf(name) is { } schema ? ShowExtension(schema, value)
                : null;
            if (shown is not null) members.Add(KeyValuePair.Create(name, shown));
        }
        return new ScimObject(members.ToImmutable());
    }

    ScimObject? ShowExtension(Schema schema, ScimValue value)
    {
        var members = ((ScimObject)value).Members
            .Select(m => (m.Key, Value: schema.Attribute(m.Key) is { } attribute ? Show(schema, attribute, m.Value) : null))
            .Where(m => m.Value is not null)
            .Select(m => KeyValuePair.Create(m.Key, m.Value!))
            .ToImmutableArray();
        return members.IsEmpty ? null : new ScimObject(members);
    }

    ScimValue? Show(Schema? extension, AttributeDefinition attribute, ScimValue value)
    {
        if (attribute.Returned == Returned.Always) return value;
        if (!Shown(extension, attribute, out var whole)) return null;
        return attribute.SubAttributes.IsEmpty ? value : ShowParts(extension, attribute, value, whole);
    }

    // Whether any of the attribute is shown; whole: the attribute itself and not only parts of it is named.
    bool Shown(Schema? extension, AttributeDefinition attribute, out bool whole)
    {
        if (_mode == Mode.Default)
        {
            whole = false;
            return attribute.Returned is not (Returned.Never or Returned.Request);
        }
        var named = Named(extension, attribute);
        whole = named.Any(p => p.Sub is null) || _core && extension is null && CommonAttributes.Find(attribute.Name) is null;
        return attribute.Returned != Returned.Never && (_mode == Mode.Only ? whole || named.Any() : attribute.Returned != Returned.Request && !whole);
    }

    IEnumerable<ResolvedPath> Named(Schema? extension, AttributeDefinition attribute) =>
        _paths.Where(p => ReferenceEquals(p.Extension, extension) && (p.Attribute is null || ReferenceEquals(p.Attribute, attribute)));

    ScimValue? ShowParts(Schema? extension, AttributeDefinition attribute, ScimValue value, bool whole)
    {
        var named = Named(extension, attribute).Where(p => p.Sub is not null).Select(p => p.Sub!).ToList();
        return Of(value);

        ScimValue? Of(ScimValue item) => item switch
        {
            ScimArray array when array.Items.IsEmpty => array,
            ScimArray array => array.Items.Select(Of).OfType<ScimValue>().ToImmutableArray() is { IsEmpty: false } items ? new ScimArray(items) : null,
            ScimObject parts when parts.Members.All(m => IsShown(m.Key)) => parts,
            ScimObject parts => parts.Members.Where(m => IsShown(m.Key)).ToImmutableArray() is { IsEmpty: false } members ? new ScimObject(members) : null,
            _ => item,
        };

        bool IsShown(string name)
        {
            if (attribute.Sub(name) is not { } sub || sub.Returned == Returned.Never) return false;
            if (sub.Returned == Returned.Always) return true;
            var asked = named.Contains(sub);
            if (_mode == Mode.Only) return asked || whole && sub.Returned == Returned.Default;
            return !asked && sub.Returned == Returned.Default;
        }
    }
}

namespace Scim.Domain.Protocol.Schemas;

/// <summary>
/// The name of an attribute as a client writes it, <c>attrPath</c> of RFC 7644 §3.10: an optional schema URN, a name, an
/// optional sub-attribute. Names and URNs are the same in any case. An empty <see cref="Name"/> means all that the schema
/// holds.
/// </summary>
/// <remarks>Example: <c>urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName</c>.</remarks>
public sealed record AttributePath(string? SchemaUrn, string Name, string? SubName)
{
    /// <summary>Reads a path, or gives null when it is malformed. Whether the names exist is <see cref="Resolve(ResourceType)"/>'s matter.</summary>
    /// <param name="text">The path as sent.</param>
    /// <param name="type">Whose schema URNs say where a URN ends: they hold dots and colons themselves.</param>
    public static AttributePath? TryParse(string text, ResourceType type)
    {
        if (KnownUrn(text, type) is { } urn)
        {
            if (text.Length == urn.Length) return new AttributePath(urn, "", null);
            return Split(urn, text[(urn.Length + 1)..]);
        }
        var colon = text.LastIndexOf(':');
        if (colon < 0) return Split(null, text);
        return IsUrn(text.AsSpan(0, colon)) ? Split(text[..colon], text[(colon + 1)..]) : null;
    }

    /// <summary>What the path names in the resource type, or null when it is unknown there. The core schema as a whole is no path.</summary>
    public ResolvedPath? Resolve(ResourceType type)
    {
        if (SchemaUrn is null) return Resolve(null, type.Attribute(Name));
        if (type.SchemaOf(SchemaUrn) is not { } schema) return null;
        if (ReferenceEquals(schema, type.Schema)) return Resolve(null, type.Attribute(Name));
        return Name.Length == 0 ? new ResolvedPath(schema, null, null) : Resolve(schema, schema.Attribute(Name));
    }

    /// <summary>
    /// What a path without URN names when not the core but exactly one extension knows it (Entra's <c>manager eq</c>); else null.
    /// </summary>
    public ResolvedPath? ResolveInExtensions(ResourceType type)
    {
        if (SchemaUrn is not null || type.Attribute(Name) is not null) return null;
        ResolvedPath? found = null;
        foreach (var (schema, _) in type.Extensions)
        {
            if (Resolve(schema, schema.Attribute(Name)) is not { } here) continue;
            if (found is not null) return null;
            found = here;
        }
        return found;
    }

    /// <summary>The path as text, names as they were written.</summary>
    public override string ToString() =>
        (SchemaUrn, Name.Length, SubName) switch
        {
            (null, _, null) => Name,
            (null, _, _) => $"{Name}.{SubName}",
            (_, 0, _) => SchemaUrn,
            (_, _, null) => $"{SchemaUrn}:{Name}",
            _ => $"{SchemaUrn}:{Name}.{SubName}",
        };

    ResolvedPath? Resolve(Schema? extension, AttributeDefinition? attribute)
    {
        if (attribute is null) return null;
        if (SubName is null) return new ResolvedPath(extension, attribute, null);
        return attribute.Sub(SubName) is { } sub ? new ResolvedPath(extension, attribute, sub) : null;
    }

    static AttributePath? Split(string? urn, string names)
    {
        var dot = names.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return IsName(names) ? new AttributePath(urn, names, null) : null;
        var (name, sub) = (names[..dot], names[(dot + 1)..]);
        return IsName(name) && IsName(sub) ? new AttributePath(urn, name, sub) : null;
    }

    // The longest schema URN with which the text begins, as the schema spells it.
    static string? KnownUrn(string text, ResourceType type)
    {
        var best = Begins(text, type.Schema.Id) ? type.Schema.Id : null;
        foreach (var (schema, _) in type.Extensions)
            if (Begins(text, schema.Id) && schema.Id.Length > (best?.Length ?? 0)) best = schema.Id;
        return best;
    }

    static bool Begins(string text, string urn) =>
        text.StartsWith(urn, StringComparison.OrdinalIgnoreCase) && (text.Length == urn.Length || text[urn.Length] == ':');

    // RFC 7643 section 2.1: ATTRNAME = ALPHA *(nameChar); "$ref" of section 2.4 begins with a dollar.
    static bool IsName(string name)
    {
        var start = name.StartsWith('$') ? 1 : 0;
        return name.Length > start && char.IsAsciiLetter(name[start])
            && name.AsSpan(start).IndexOfAnyExcept(NameCharacters) < 0;
    }

    static bool IsUrn(ReadOnlySpan<char> urn) =>
        urn.Length > 4 && urn.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) && urn.IndexOfAnyExcept(UrnCharacters) < 0;

    static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    static readonly System.Buffers.SearchValues<char> UrnCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:+,=@;$!*'/~%&");
}

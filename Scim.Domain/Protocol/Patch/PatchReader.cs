using System.Collections.Immutable;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Patch;

/// <summary>Reads an operation apart from all others, or says that it is none of its own.</summary>
/// <param name="value">As sent; null when there is none.</param>
delegate bool ApartReader(PatchVerb verb, PatchTarget target, ScimValue? value, ValueReader values);

/// <summary>Reads operations as sent into operations as applied.</summary>
/// <param name="apart">Reads those on an attribute that is too large to be loaded (<c>members</c>).</param>
sealed class PatchReader(ResourceType type, ValueReader values, Notes notes, ApartReader? apart = null)
{
    readonly PatchPaths _paths = new(type, notes);
    readonly ImmutableArray<PatchOperation>.Builder _operations = ImmutableArray.CreateBuilder<PatchOperation>();
    int _filteredKeys;

    /// <summary>What has been read, in order.</summary>
    internal ImmutableArray<PatchOperation> Operations => _operations.ToImmutable();

    /// <summary>Reads one operation.</summary>
    internal void Read(ScimObject operation)
    {
        var verb = VerbOf(operation);
        var path = PathOf(operation);
        NoteUnknown(operation);
        if (path is null && verb == PatchVerb.Remove) RemoveWithoutPath(operation["value"]);
        else if (path is null) ReadWithoutPath(verb, operation["value"]);
        else ReadAt(verb, path, operation["value"]);
    }

    PatchVerb VerbOf(ScimObject operation)
    {
        var text = operation["op"]?.AsString ?? throw ScimException.InvalidValue("An operation lacks its op, which is \"add\", \"remove\" or \"replace\".");
        var word = text.ToLowerInvariant();
        var verb = word switch
        {
            "add" => PatchVerb.Add,
            "remove" => PatchVerb.Remove,
            "replace" => PatchVerb.Replace,
            _ => throw ScimException.InvalidValue($"The op \"{ScimReader.Shown(text)}\" is not known; it is \"add\", \"remove\" or \"replace\"."),
        };
        if (word != text) Repairs.OpCase.Note(notes, $"The op \"{text}\" is written otherwise; right would be \"{word}\".");
        return verb;
    }

    string? PathOf(ScimObject operation)
    {
        if (operation["path"] is not { } path) return null;
        if (path is ScimNull or ScimString { Value: "" })
        {
            Repairs.EmptyPath.Note(notes, "The path is empty; right would be no path.");
            return null;
        }
        return path.AsString ?? throw ScimException.InvalidPath("The path is not a string such as \"name.familyName\".");
    }

    void NoteUnknown(ScimObject operation)
    {
        foreach (var (name, value) in operation.Members)
            if (name.ToLowerInvariant() is not ("op" or "path" or "value")) notes.Unknown(name, value);
    }

    // RFC 7644 section 3.5.2.2: without path there is no target; Salesforce names members in the value.
    void RemoveWithoutPath(ScimValue? value)
    {
        if ((value as ScimObject)?["members"] is not { } members || type.Attribute("members") is not { } attribute)
            throw ScimException.NoTarget("A remove needs a path that says what to remove.");
        Repairs.MembersInRemove.Note(notes, "A remove has members in its value; right would be the path members.");
        var target = new PatchTarget(new ResolvedPath(null, attribute, null));
        if (!IsApart(PatchVerb.Remove, target, members)) ReadRemove(target, members);
    }

    // The value is a set of attributes; what only the service writes among them is ignored, since Okta sends its id there.
    void ReadWithoutPath(PatchVerb verb, ScimValue? value)
    {
        if (values.Unwrap(value ?? ScimValue.Null, "value") is not ScimObject sent)
            throw ScimException.InvalidValue("An operation without path has an object of attributes as its value.");
        foreach (var (name, part) in sent.Members)
        {
            if (type.Attribute(name) is { } attribute) ReadNamed(verb, new ResolvedPath(null, attribute, null), part);
            else if (type.SchemaOf(name) is { } schema && !ReferenceEquals(schema, type.Schema)) ReadExtension(verb, schema, part);
            else ReadKey(verb, name, part);
        }
    }

    void ReadNamed(PatchVerb verb, ResolvedPath path, ScimValue value)
    {
        var target = new PatchTarget(path);
        if (IsApart(verb, target, value)) return;
        if (IsIgnored(path)) values.Ignore();
        else ReadValue(verb, target, value);
    }

    // Keys of a value without path are paths when they name no attribute: Entra with aadOptscim062020.
    void ReadKey(PatchVerb verb, string key, ScimValue value)
    {
        if (TryFind(key) is not { } target)
        {
            values.Unknown(key, value);
            return;
        }
        if (key.AsSpan().IndexOfAny('.', ':', '[') >= 0) Repairs.PathAsKey.Note(notes, $"A path stands as a key; right would be the path {target}.");
        if (IsApart(verb, target, value)) return;
        if (IsIgnored(target.Path)) values.Ignore();
        else ReadValue(verb, target, value);
    }

    // A key that is no path is as unknown as one that names nothing: the operation may hold others.
    PatchTarget? TryFind(string key)
    {
        if (!key.Contains('[', StringComparison.Ordinal)) return AttributePath.TryParse(key, type) is null ? null : _paths.Find(key);
        if (++_filteredKeys > PatchRequest.MaxOperations) throw PatchRequest.TooMany();
        try
        {
            return _paths.Find(key);
        }
        catch (ScimException e) when (!notes.Strict && e.ScimType is "invalidPath" or "invalidFilter")
        {
            return null;
        }
    }

    void ReadExtension(PatchVerb verb, Schema schema, ScimValue value)
    {
        value = values.Unwrap(value, schema.Id);
        if (value is not ScimObject && value.IsUnassigned)
        {
            values.Ignore();
            if (verb == PatchVerb.Add) throw NothingToAdd(schema.Id);
            Append(new PatchOperation(PatchVerb.Remove, new PatchTarget(new ResolvedPath(schema, null, null)), null));
            return;
        }
        if (value is not ScimObject parts) throw ValueReader.Unfit(schema.Id, "it is an object of the extension's attributes");
        foreach (var (name, part) in parts.Members)
        {
            if (schema.Attribute(name) is { } attribute) ReadNamed(verb, new ResolvedPath(schema, attribute, null), part);
            else values.Unknown($"{schema.Id}:{name}", part);
        }
    }

    void ReadAt(PatchVerb verb, string path, ScimValue? value)
    {
        if (_paths.Find(path) is not { } target) values.Unknown(path, value);
        else if (IsApart(verb, target, value)) return;
        else if (target.Attribute is null && verb != PatchVerb.Remove) ReadExtension(verb, target.Path.Extension!, value ?? throw NoValue(target));
        else if (ReferenceEquals(target.Attribute, CommonAttributes.Schemas) && verb != PatchVerb.Remove) values.Ignore();
        else if (IsReadOnly(target.Path) || ReferenceEquals(target.Attribute, CommonAttributes.Schemas)) throw ScimException.Mutability($"{target.Path} is readOnly; the service alone writes it.");
        else if (target.Path.Leaf is { } leaf && ValueReader.IsIgnored(leaf)) values.Ignore();
        else if (verb == PatchVerb.Remove) ReadRemove(target, value);
        else ReadValue(verb, target, value ?? throw NoValue(target));
    }

    void ReadRemove(PatchTarget target, ScimValue? value)
    {
        if (value is null or ScimNull || target is not { Attribute.MultiValued: true, Filter: null, Path.Sub: null })
        {
            values.Ignore();
            Append(new PatchOperation(PatchVerb.Remove, target, null));
            return;
        }
        Repairs.ValuesInRemove.Note(notes, $"A remove has values; right would be the path {target}[value eq …].");
        Append(new PatchOperation(PatchVerb.Remove, target, values.ReadElements(target.Attribute, value, target.ToString(), barren: true) ?? ScimArray.Empty));
    }

    void ReadValue(PatchVerb verb, PatchTarget target, ScimValue value)
    {
        if (verb == PatchVerb.Add && value is ScimNull) throw NothingToAdd(target.ToString());
        if (ValueFor(verb, target, value) is { } read)
        {
            if (read is not ScimObject { Members.IsEmpty: true }) Append(new PatchOperation(verb, target, read));
        }
        else if (verb == PatchVerb.Replace || !target.Path.Leaf!.MultiValued) Append(new PatchOperation(PatchVerb.Remove, target, null));
    }

    // Null when the value says that there shall be none; an object without members when it says nothing that is known.
    ScimValue? ValueFor(PatchVerb verb, PatchTarget target, ScimValue value)
    {
        var (leaf, path) = (target.Path.Leaf!, target.ToString());
        var isElement = target.Filter is not null && target.Path.Sub is null;
        if (isElement) leaf = leaf with { MultiValued = false };
        if (leaf.MultiValued || leaf.Type != AttributeType.Complex) return values.Read(leaf, value, path);
        value = values.Unwrap(value, path);
        if (value is not ScimObject { Members.IsEmpty: false } && value.IsUnassigned)
        {
            values.Ignore();
            return null;
        }
        return values.ReadParts(leaf, value, path, nulls: verb == PatchVerb.Replace);
    }

    bool IsApart(PatchVerb verb, PatchTarget target, ScimValue? value) => apart?.Invoke(verb, target, value, values) == true;

    void Append(PatchOperation operation)
    {
        _operations.Add(operation);
        if (_operations.Count > PatchRequest.MaxOperations) throw PatchRequest.TooMany();
    }

    static bool IsReadOnly(ResolvedPath path) => path.Attribute?.Mutability == Mutability.ReadOnly || path.Sub?.Mutability == Mutability.ReadOnly;

    static bool IsIgnored(ResolvedPath path) =>
        ReferenceEquals(path.Attribute, CommonAttributes.Schemas)
        || path.Attribute is { } attribute && ValueReader.IsIgnored(attribute) || path.Sub is { } sub && ValueReader.IsIgnored(sub);

    internal static ScimException NoValue(PatchTarget target) => ScimException.InvalidValue($"The operation on {target} lacks its value.");

    internal static ScimException NothingToAdd(string path) => ScimException.InvalidValue($"null cannot be added to {path}; what unassigns is a remove.");
}

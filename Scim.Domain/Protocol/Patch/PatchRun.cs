using System.Collections.Immutable;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Patch;

/// <summary>
/// The application of operations to one resource, RFC 7644 §3.5.2. Values are immutable, so that a refusal half-way leaves
/// nothing changed.
/// </summary>
sealed class PatchRun(ScimObject stored, ResourceType type, Notes notes)
{
    /// <summary>Characters that one request may look at: a tenth or two of a second, whatever is sent.</summary>
    internal const long MaxWork = 4_000_000;

    const int ElementWork = 50; // to touch an element costs as much as to look at so many characters

    readonly ResourceDraft _draft = new(stored, type);
    readonly HashSet<ResolvedPath> _touched = [];
    long _work;

    /// <summary>Applies one operation.</summary>
    internal void Apply(PatchOperation operation)
    {
        var path = operation.Target.Path;
        if (path.Attribute is not { } attribute)
        {
            RemoveExtension(path.Extension!);
            return;
        }
        var old = _draft[path.Extension, attribute];
        var value = attribute.MultiValued ? ApplyToElements(operation, attribute, Items(old)) : ApplyToSingle(operation, attribute, old);
        if (value is null && operation.Target is { Filter: null, Path.Sub: null }) Guard(path, attribute, old, null);
        if (old is null ? value is null : old.Equals(value)) return;
        Guard(path, attribute, old, value);
        _touched.Add(path with { Sub = null });
        _draft[path.Extension, attribute] = value;
    }

    /// <summary>The resource in its stored form.</summary>
    internal ScimObject Finish()
    {
        foreach (var path in _touched) Tidy(path);
        CheckRequired();
        return _draft.ToResource();
    }

    // Only what the operations touched: a schema that came to require more must not stand in the way of a deactivation.
    void CheckRequired()
    {
        foreach (var path in _touched)
            if (_draft[path.Extension, path.Attribute!] is { } value) ValueReader.CheckRequired(path.Attribute!, value, path.ToString());
        foreach (var (schema, required) in type.Extensions)
        {
            var before = stored[schema.Id] is not null;
            if (before && required && !_draft.Has(schema)) throw ScimException.Mutability($"The extension {schema.Id} is required and cannot be removed.");
            if (!before && _draft.Has(schema)) RequiredAttributes.Check(_draft, schema, schema);
        }
    }

    void RemoveExtension(Schema extension)
    {
        foreach (var attribute in extension.Attributes)
            if (attribute is { Mutability: Mutability.Immutable } or { IsNeverGuessed: true } && _draft[extension, attribute] is { } old)
                Guard(new ResolvedPath(extension, attribute, null), attribute, old, null);
        _draft.Remove(extension);
    }

    // RFC 7644 section 3.5.2.2 for what is required, section 3.5.2 for what is immutable and already has a value.
    static void Guard(ResolvedPath path, AttributeDefinition attribute, ScimValue? old, ScimValue? value)
    {
        if (value is null && attribute.Required) throw ScimException.Mutability($"{path with { Sub = null }} is required and cannot be removed; replace it.");
        if (value is null && attribute.IsNeverGuessed) throw ScimException.InvalidValue($"{attribute.Name} cannot be removed, only set: what its absence means would be a guess.");
        if (old is not null && attribute.Mutability == Mutability.Immutable) throw ScimException.Mutability($"{path with { Sub = null }} is immutable and already has a value.");
    }

    ScimValue? ApplyToSingle(PatchOperation operation, AttributeDefinition attribute, ScimValue? old)
    {
        var (verb, target, value) = operation;
        if (target.Filter is not null && (old is null || !Matches(target, old)))
            return verb == PatchVerb.Remove ? old : throw ScimException.NoTarget($"The filter of {target} matches nothing.");
        if (target.Path.Sub is null && attribute.Type != AttributeType.Complex) return value;
        return PatchParts.Change(attribute, old as ScimObject, operation);
    }

    ScimValue? ApplyToElements(PatchOperation operation, AttributeDefinition attribute, ImmutableArray<ScimValue> old)
    {
        var (verb, target, value) = operation;
        Spend(ElementWork * ((long)old.Length + Items(value).Length));
        var elements = new PatchElements(attribute, target.ToString(), old);
        if (target is { Filter: null, Path.Sub: null })
        {
            if (verb == PatchVerb.Add) elements.Add((ScimArray)value!);
            else if (verb == PatchVerb.Replace) elements.Replace((ScimArray)value!);
            else if (value is ScimArray removed) elements.Remove(removed);
            else return null;
        }
        else if (!elements.Change(operation, e => Matches(target, e)) && verb != PatchVerb.Remove) elements.Create(operation, Template(target));
        return elements.ToValue();
    }

    // Entra replaces the work e-mail whether or not there is one; RFC 7644 section 3.5.2.3 would have it noTarget.
    ScimValue? Template(PatchTarget target)
    {
        if (target.Filter is null) return null;
        if (target.Template is not { } template || notes.Strict) throw ScimException.NoTarget($"The filter of {target} matches no element, and none can be made from it.");
        Repairs.ElementFromFilter.Note(notes, $"The filter of {target} matches no element.");
        return template;
    }

    bool Matches(PatchTarget target, ScimValue element)
    {
        if (target.Filter is not { } filter) return true;
        Spend(target.Terms * (8L + Characters(element)));
        return FilterEvaluator.MatchesElement(filter, element);
    }

    void Spend(long work)
    {
        _work += work;
        if (_work > MaxWork) throw ScimException.TooMany("The PATCH looks at too many values; send fewer operations at once.");
    }

    static long Characters(ScimValue value) => value switch
    {
        ScimString text => text.Value.Length,
        ScimObject parts => parts.Members.Sum(m => Characters(m.Value)),
        ScimArray array => array.Items.Sum(Characters),
        _ => 1,
    };

    // Elements that ended without a value are gone, and what became identical is one (RFC 7643 section 2.4).
    void Tidy(ResolvedPath path)
    {
        var attribute = path.Attribute!;
        if (!attribute.MultiValued || _draft[path.Extension, attribute] is not ScimArray array) return;
        var items = array.Items.Where(i => !ValueReader.IsBarren(attribute, i)).Distinct().ToImmutableArray();
        if (items.Length == array.Items.Length) return;
        if (items.IsEmpty) Guard(path, attribute, null, null);
        _draft[path.Extension, attribute] = items.IsEmpty ? null : new ScimArray(items);
    }

    static ImmutableArray<ScimValue> Items(ScimValue? value) => value is ScimArray array ? array.Items : value is null ? [] : [value];
}

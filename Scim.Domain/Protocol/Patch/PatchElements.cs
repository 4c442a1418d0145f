using System.Collections.Immutable;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Patch;

/// <summary>
/// The elements of one multi-valued attribute while one operation changes them, as a set in the order in which they came.
/// A new primary element demotes the old one (RFC 7644 §3.5.2).
/// </summary>
sealed class PatchElements(AttributeDefinition attribute, string path, ImmutableArray<ScimValue> old)
{
    readonly HashSet<int> _set = []; // the places that the operation wrote, whose primary wins
    List<ScimValue> _elements = [.. old];

    /// <summary>The elements as a value; null when there are none.</summary>
    internal ScimValue? ToValue()
    {
        if (_elements.Count > attribute.MaxElements) throw ValueReader.TooMany(attribute, path);
        Demote();
        return _elements.Count == 0 ? null : new ScimArray([.. _elements]);
    }

    /// <summary>
    /// Adds elements, RFC 7644 §3.5.2.1. One is there already when an element of its value and type is: then it adds its
    /// other parts to that.
    /// </summary>
    internal void Add(ScimArray added)
    {
        var twins = new Twins(_elements);
        foreach (var element in added.Items)
        {
            if (twins.Find(element) is not { } at)
            {
                at = _elements.Count;
                _elements.Add(element);
                twins.Add(element, at);
            }
            else if (element is ScimObject given) _elements[at] = PatchParts.Merge(attribute, (ScimObject)_elements[at], given);
            _set.Add(at);
        }
    }

    /// <summary>Replaces all of them.</summary>
    internal void Replace(ScimArray value) => _elements = [.. value.Items];

    /// <summary>Removes exactly the elements that are meant: those that hold all that is said of one, display and primary aside.</summary>
    internal void Remove(ScimArray removed)
    {
        var simple = removed.Items.Where(r => r is not ScimObject).ToHashSet();
        var byValue = removed.Items.OfType<ScimObject>().Where(r => r["value"] is not null).ToLookup(r => r["value"]!);
        var others = removed.Items.OfType<ScimObject>().Where(r => r["value"] is null).ToList();
        if ((long)others.Count * _elements.Count > 100_000) throw ScimException.TooMany($"The remove on {path} compares too many elements; name them by value.");
        _elements.RemoveAll(e => e is ScimObject parts
            ? parts["value"] is { } value && byValue[value].Any(r => Means(r, parts)) || others.Any(r => Means(r, parts))
            : simple.Contains(e));
    }

    /// <summary>Changes, or with a remove drops, every element that matches; false when none does.</summary>
    internal bool Change(PatchOperation operation, Func<ScimValue, bool> matches)
    {
        var (changed, matched) = (new List<ScimValue>(_elements.Count), false);
        foreach (var element in _elements)
        {
            if (!matches(element))
            {
                changed.Add(element);
                continue;
            }
            matched = true;
            if (Changed(operation, element) is not { } value || operation.Verb == PatchVerb.Remove && ValueReader.IsBarren(attribute, value)) continue;
            _set.Add(changed.Count);
            changed.Add(value);
        }
        _elements = changed;
        return matched;
    }

    /// <summary>Makes the element that an unmatched filter describes, and sets in it what the operation sets.</summary>
    internal void Create(PatchOperation operation, ScimValue? template)
    {
        var element = attribute.Type == AttributeType.Complex
            ? PatchParts.Change(attribute, template as ScimObject, operation with { Verb = PatchVerb.Add })
            : operation.Value;
        if (element is null) return;
        _set.Add(_elements.Count);
        _elements.Add(element);
    }

    ScimValue? Changed(PatchOperation operation, ScimValue element)
    {
        var (verb, target, value) = operation;
        if (target.Path.Sub is null && verb == PatchVerb.Remove) return null;
        if (element is not ScimObject parts) return value;
        if (target.Path.Sub is not null || verb == PatchVerb.Add) return PatchParts.Change(attribute, parts, operation);
        return PatchParts.Replace(attribute, parts, WithTerms(target, (ScimObject)value!));
    }

    // The element stays the one that the filter means, unless the value says otherwise.
    static ScimObject WithTerms(PatchTarget target, ScimObject value)
    {
        if (target.Template is ScimObject template)
            foreach (var (name, term) in template.Members)
                if (value[name] is null) value = value.With(name, term);
        return value;
    }

    void Demote()
    {
        var set = _set.Where(i => ValueReader.IsPrimary(_elements[i])).ToList();
        if (set.Count > 1) throw ValueReader.Unfit(path, "one element at most is primary");
        if (set.Count == 0) return;
        for (var i = 0; i < _elements.Count; i++)
            if (i != set[0] && ValueReader.IsPrimary(_elements[i])) _elements[i] = ((ScimObject)_elements[i]).With("primary", ScimValue.False);
    }

    static bool Means(ScimObject said, ScimObject element)
    {
        var telling = said.Members.Where(m => m.Key is not ("display" or "primary")).ToList();
        return (telling.Count > 0 ? telling : [.. said.Members]).TrueForAll(m => m.Value.Equals(element[m.Key]));
    }

    /// <summary>Finds the element that is there already: the same one, else by value and type, by value alone when no type is said.</summary>
    sealed class Twins
    {
        readonly Dictionary<ScimValue, int> _same = [];
        readonly Dictionary<(ScimValue Value, ScimValue? Type), int> _places = [];

        internal Twins(List<ScimValue> elements)
        {
            for (var i = 0; i < elements.Count; i++) Add(elements[i], i);
        }

        internal int? Find(ScimValue element) =>
            _same.TryGetValue(element, out var at) || Key(element) is { } key && _places.TryGetValue(key, out at) ? at : null;

        internal void Add(ScimValue element, int at)
        {
            _same.TryAdd(element, at);
            if (Key(element) is not { } key) return;
            _places.TryAdd(key, at);
            if (key.Type is not null) _places.TryAdd((key.Value, null), at);
        }

        static (ScimValue Value, ScimValue? Type)? Key(ScimValue element) =>
            element is ScimObject parts && parts["value"] is { } value ? (value, parts["type"]) : null;
    }
}

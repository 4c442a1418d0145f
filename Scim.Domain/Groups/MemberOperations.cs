using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Groups;

/// <summary>Reads the operations on <c>members</c> into one program (RFC 7644 §3.5.2).</summary>
sealed class MemberOperations(AttributeDefinition members, Notes notes)
{
    readonly MemberProgramBuilder _program = new();

    /// <summary>What all of them do.</summary>
    internal MemberProgram Program => _program.Build();

    /// <summary>Reads an operation if it is on members.</summary>
    internal bool Read(PatchVerb verb, PatchTarget target, ScimValue? value, ValueReader values)
    {
        if (target.Path.Extension is not null || !ReferenceEquals(target.Attribute, members)) return false;
        if (target.Path.Sub is { } sub && ValueReader.IsIgnored(sub)) values.Ignore();
        else if (verb == PatchVerb.Remove) Remove(target, value, values);
        else if (value is null) throw PatchReader.NoValue(target);
        else if (verb == PatchVerb.Add && value is ScimNull) throw PatchReader.NothingToAdd(target.ToString());
        else if (target.Filter is not null) Set(verb, target, value, values);
        else Put(verb, target, value, values);
        return true;
    }

    void Put(PatchVerb verb, PatchTarget target, ScimValue value, ValueReader values)
    {
        if (verb == PatchVerb.Replace && target.Path.Sub is not null) throw Immutable("replace members, which sets all of them");
        var named = MemberReader.Read(members, value, values);
        if (verb == PatchVerb.Replace) _program.Clear();
        _program.Add(named);
    }

    void Remove(PatchTarget target, ScimValue? value, ValueReader values)
    {
        if (target.Filter is { } filter)
        {
            values.Ignore();
            RemoveSelected(MemberSelection.Of(filter.Root));
        }
        else if (value is null or ScimNull)
        {
            values.Ignore();
            _program.Clear();
        }
        else
        {
            Repairs.ValuesInRemove.Note(notes, $"A remove has values; right would be the path {target}[value eq …].");
            _program.Remove(MemberReader.Read(members, value, values));
        }
    }

    // One member by its id: all that can be said of it is that it is one, since its value is immutable and the rest computed.
    void Set(PatchVerb verb, PatchTarget target, ScimValue value, ValueReader values)
    {
        var selection = MemberSelection.Of(target.Filter!.Root);
        value = values.Unwrap(value, target.ToString());
        if (value is not ScimObject { Members.IsEmpty: false } && value.IsUnassigned)
        {
            values.Ignore();
            if (verb == PatchVerb.Replace) RemoveSelected(selection);
            return;
        }
        if (target.Path.Sub is not null) value = ScimValue.Of(("value", value));
        if (values.ReadParts(members, value, target.ToString())["value"]?.AsString is not { } text) return;
        var named = NamedMembers.Of(text);
        if (!selection.IsOnly(named)) throw Immutable("remove the one member and add the other");
        _program.Add(named);
    }

    void RemoveSelected(MemberSelection selection)
    {
        if (selection.Others) _program.RemoveOthers(selection.Named);
        else _program.Remove(selection.Named);
    }

    static ScimException Immutable(string instead) => ScimException.Mutability($"members.value is immutable; {instead}.");
}

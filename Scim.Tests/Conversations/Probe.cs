using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol;

namespace Scim.Tests.Conversations;

/// <summary>One attribute that holds a value itself, as /Schemas publishes it, with bodies that try it.</summary>
/// <param name="Extension">The URN of its extension, or null.</param>
/// <param name="Parent">The complex attribute that it is a part of, or null.</param>
internal sealed record Probe(ResourceType Type, string? Extension, ScimObject? Parent, ScimObject Attribute)
{
    internal string Name => Text(Attribute, "name");

    internal string Holder => Parent is null ? Name : Text(Parent, "name");

    internal string Path => (Extension is null ? "" : $"{Extension}:") + Holder + (Parent is null ? "" : $".{Name}");

    internal bool IsText => Says("type") is not "boolean";

    internal bool Canonical => Attribute["canonicalValues"] is not null;

    internal bool HolderIsMany => Parent is not null && Text(Parent, "multiValued") == "true";

    /// <summary>Whether what is sent for it is kept; <c>$ref</c> and a member's type are taken from everybody and follow from the value.</summary>
    internal bool IsWritten => Says("mutability") != "readOnly" && Name != "$ref" && Path != "members.type";

    /// <summary>Whether it says nothing without a value beside it.</summary>
    internal bool StandsBeside => HolderIsMany && Name is "type" or "primary";

    internal ScimValue Right => Attribute["canonicalValues"] is ScimArray { Items: [var first, ..] } ? first : ScimValue.Of(Says("type") switch
    {
        "boolean" => "",
        "reference" => "https://example.com/Abc",
        "binary" => "TUlJ",
        _ when Path == "emails.value" => "Abc@example.com",
        _ when Path == "locale" => "en-US",
        _ when Path == "timezone" => "Europe/Oslo",
        _ => "Abc",
    }) is { AsString: not "" } text ? text : ScimValue.True;

    internal static IEnumerable<Probe> Of(ResourceType type)
    {
        var discovery = new Discovery("https://scim.example.com", [type]);
        foreach (var (urn, schema) in type.Extensions.Select(e => ((string?)e.Schema.Id, e.Schema)).Prepend((null, type.Schema)))
            foreach (var attribute in Items(discovery.Schema(schema.Id)!, "attributes"))
            {
                if (Text(attribute, "type") != "complex") yield return new Probe(type, urn, null, attribute);
                foreach (var part in Items(attribute, "subAttributes")) yield return new Probe(type, urn, attribute, part);
            }
    }

    internal static ScimObject Minimal(ResourceType type) => Sent.Object(type.Name == "User" ? """{"userName":"a"}""" : """{"displayName":"a"}""");

    internal string Says(string characteristic) => Text(Parent is not null && Text(Parent, "mutability") == "readOnly" && characteristic == "mutability" ? Parent : Attribute, characteristic);

    /// <summary>A whole body that holds the value there, its schemas listed.</summary>
    internal ScimObject Body(ScimValue value) => Into(Listed(), value);

    /// <summary>Two elements that differ.</summary>
    internal ScimObject Twice() => Listed().With(Holder, ScimValue.Of(Element(Right, "Abc"), Element(Right, "Xyz").Without("primary")));

    internal ScimObject Into(ScimObject body, ScimValue value)
    {
        var holder = Extension is null ? body : body[Extension] as ScimObject ?? ScimObject.Empty;
        if (Parent is null) holder = holder.With(Name, value);
        else if (HolderIsMany) holder = holder.With(Holder, ScimValue.Of(Element(value, "Abc")));
        else holder = holder.With(Holder, (holder[Holder] as ScimObject ?? ScimObject.Empty).With(Name, value));
        return Extension is null ? holder : body.With(Extension, holder);
    }

    /// <summary>The value that stands there.</summary>
    internal ScimValue? In(ScimObject resource)
    {
        var holder = Extension is null ? resource : resource[Extension] as ScimObject;
        var found = holder?[Holder];
        if (Parent is null || found is null) return found;
        return ((found as ScimArray)?.Items[0] as ScimObject ?? found as ScimObject)?[Name];
    }

    ScimObject Listed() => Minimal(Type).With("schemas", ScimValue.Of((Extension is null ? [Type.Schema.Id] : new[] { Type.Schema.Id, Extension }).Select(ScimValue.Of)));

    ScimObject Element(ScimValue value, string beside)
    {
        var significant = Items(Parent!, "subAttributes").FirstOrDefault(a => Text(a, "name") == "value");
        var element = significant is null ? ScimValue.Of(("locality", ScimValue.Of(beside))) : ScimValue.Of(("value", ScimValue.Of(Text(significant, "type") switch
        {
            "binary" => beside == "Abc" ? "TUlJ" : "TUlK",
            "reference" => $"https://example.com/{beside}",
            _ => Holder == "emails" ? $"{beside}@example.com" : beside,
        })));
        return value is { AsString: not null } && Name is "value" or "locality" && beside != "Abc" ? element : element.With(Name, value);
    }

    static string Text(ScimObject of, string name) => of[name] is { } value ? value.AsString ?? value.ToString() : "";

    static IEnumerable<ScimObject> Items(ScimObject of, string name) => of[name] is ScimArray array ? array.Items.Cast<ScimObject>() : [];
}

using CsCheck;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol;

/// <summary>Generated resources, values and PATCH requests of any resource type, made from its definitions.</summary>
static class ResourceGen
{
    static readonly Gen<ScimValue> Instant = Gen.DateTime[new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2040, 1, 1, 0, 0, 0, DateTimeKind.Utc)]
        .Select(t => ScimValue.Of(ScimDateTime.Print(new DateTimeOffset(t, TimeSpan.Zero))));

    /// <summary>Anything that JSON can say, small.</summary>
    internal static readonly Gen<ScimValue> Anything = Gen.Recursive<ScimValue>((depth, self) => depth > 2
        ? Scalar
        : Gen.OneOf(
            Scalar,
            self.Array[0, 3].Select(items => (ScimValue)ScimValue.Of(items)),
            Gen.Dictionary(Gen.OneOf("value", "type", "primary", "display", "familyName", "x", "$ref", "active", "emails"), self)[0, 3]
                .Select(members => (ScimValue)ScimValue.Of(members.Select(m => (m.Key, m.Value))))));

    static Gen<ScimValue> Scalar => Gen.OneOf(
        Gen.Const(ScimValue.Null), Gen.Bool.Select(ScimValue.Of), Gen.Int[-3, 3].Select(n => ScimValue.Of((decimal)n)), TextGen.Any.Select(ScimValue.Of),
        Gen.OneOf("True", "false", "work", "").Select(ScimValue.Of));

    /// <summary>A body that a provider might send: a random choice of attributes with fitting values.</summary>
    internal static Gen<ScimObject> Body(ResourceType type) =>
        from core in Members(type.Schema.Attributes.Prepend(CommonAttributes.ExternalId))
        from extensions in All(type.Extensions.Select(e => Members(e.Schema.Attributes)))
        select ScimValue.Of(core.Concat(type.Extensions.Zip(extensions, (e, parts) => (e.Schema.Id, (ScimValue)ScimValue.Of(parts))).Where(m => !m.Item2.IsUnassigned))
            .Prepend(("schemas", ScimValue.Of(type.Extensions.Select(e => e.Schema.Id).Prepend(type.Schema.Id).Select(ScimValue.Of)))));

    /// <summary>A fitting value of an attribute.</summary>
    internal static Gen<ScimValue> Value(AttributeDefinition attribute) => attribute.MultiValued
        ? Single(attribute).Array[1, 3].Select(items => (ScimValue)ScimValue.Of(OnePrimary(items)))
        : Single(attribute);

    /// <summary>Operations on places of the type, most with fitting values, some with any.</summary>
    internal static Gen<ScimObject> Patch(ResourceType type)
    {
        var places = Places(type).ToArray();
        var operation =
            from place in Gen.OneOf(places)
            from verb in Gen.OneOf("add", "replace", "remove", "Replace")
            from fitting in Gen.Int[0, 4]
            from value in fitting > 0 ? Value(place.Leaf) : Anything
            from pathless in Gen.Int[0, 5]
            select pathless == 0 && verb != "remove"
                ? ScimValue.Of(("op", ScimValue.Of(verb)), ("value", ScimValue.Of((place.Path, value))))
                : ScimValue.Of(("op", ScimValue.Of(verb)), ("path", ScimValue.Of(place.Path)), ("value", value));
        return operation.Array[1, 5].Select(operations => ScimValue.Of(("schemas", ScimValue.Of(ScimValue.Of(PatchRequest.Urn))), ("Operations", ScimValue.Of(operations))));
    }

    /// <summary>Paths of every attribute and part that may be written, with and without filter.</summary>
    internal static IEnumerable<(string Path, AttributeDefinition Leaf)> Places(ResourceType type)
    {
        foreach (var (prefix, attribute) in type.Schema.Attributes.Select(a => ("", a)).Concat(type.Extensions.SelectMany(e => e.Schema.Attributes.Select(a => (e.Schema.Id + ":", a)))))
        {
            if (ValueReader.IsIgnored(attribute)) continue;
            yield return (prefix + attribute.Name, attribute);
            foreach (var sub in attribute.SubAttributes.Where(s => !ValueReader.IsIgnored(s)))
            {
                yield return ($"{prefix}{attribute.Name}.{sub.Name}", sub);
                if (!attribute.MultiValued) continue;
                if (attribute.Sub("type") is not null) yield return ($"{prefix}{attribute.Name}[type eq \"work\"].{sub.Name}", sub);
                if (attribute.Sub("primary") is not null) yield return ($"{prefix}{attribute.Name}[primary eq true].{sub.Name}", sub);
            }
        }
    }

    static Gen<ScimValue> Single(AttributeDefinition attribute) => attribute.Type switch
    {
        AttributeType.Boolean => Gen.Bool.Select(ScimValue.Of),
        AttributeType.Integer => Gen.Int[-9, 9].Select(n => ScimValue.Of((decimal)n)),
        AttributeType.Decimal => Gen.Int[-99, 99].Select(n => ScimValue.Of(n / 4m)),
        AttributeType.DateTime => Instant,
        AttributeType.Complex => Members(attribute.SubAttributes).Select(m => (ScimValue)ScimValue.Of(m)),
        _ when attribute.Name == "type" => Gen.OneOf("work", "home", "other").Select(ScimValue.Of),
        _ => TextGen.Some.Select(ScimValue.Of),
    };

    static Gen<List<(string, ScimValue)>> Members(IEnumerable<AttributeDefinition> attributes) =>
        All(attributes.Select(a =>
            from chosen in Gen.Int[0, 2]
            from value in a.Required || chosen == 0 ? Value(a).Select(v => (ScimValue?)v) : Gen.Const((ScimValue?)null)
            select (a.Name, value))).Select(all => all.Where(m => m.value is not null).Select(m => (m.Name, m.value!)).ToList());

    static Gen<List<T>> All<T>(IEnumerable<Gen<T>> gens) => gens.Aggregate(
        Gen.Const(0).Select(_ => new List<T>()), (all, one) => Gen.Select(all, one, (list, item) => list.Append(item).ToList()));

    static IEnumerable<ScimValue> OnePrimary(IEnumerable<ScimValue> items)
    {
        var seen = false;
        foreach (var item in items)
        {
            var primary = ValueReader.IsPrimary(item);
            yield return primary && seen ? ((ScimObject)item).Without("primary") : item;
            seen |= primary;
        }
    }
}

using CsCheck;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol;

namespace Scim.Tests.Groups;

/// <summary>Generated groups and generated filters over them, of few words and ids, so that they meet.</summary>
static class GroupGen
{
    const string Base = "https://scim.example.com/scim/v2/acme";

    static readonly string[] Texts = ["displayName", "externalId", "members.value", "members.display", "members.type", "members.$ref", "meta.location", "meta.version", "meta.resourceType", "schemas", "id"];
    static readonly string[] Paths = [.. Texts, "members", "meta", "meta.created"];
    static readonly FilterOperator[] Order = [FilterOperator.Eq, FilterOperator.Ne, FilterOperator.Gt, FilterOperator.Ge, FilterOperator.Lt, FilterOperator.Le];
    static readonly Gen<string> Dates = Gen.OneOf("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z", "2025-12-31T23:59:59.999Z");
    static readonly Gen<string> Ids = Gen.OneOf([.. Enumerable.Range(1, 4).SelectMany(n => new[] { GroupLife.U(n).ToString(), GroupLife.G(n).ToString(), GroupLife.U(n).ToString().ToUpperInvariant() })]);
    static readonly Gen<string> Text = Gen.Frequency((1, Gen.Const("")), (10, TextGen.Some), (2, TextGen.Any), (4, Ids), (4, Gen.OneOf("Group", "user", "W/\"1\"", $"{Base}/Users/{GroupLife.U(1)}", GroupSchema.Urn)));

    /// <summary>A filter that the checker accepts.</summary>
    internal static Gen<Filter> Filters { get; } = Gen.Recursive<Filter>((depth, inner) => Compound(depth, inner, Gen.OneOf(
        Compare(Gen.OneOf(Texts), Text.Select(t => (ScimValue)ScimValue.Of(t)), Gen.Enum<FilterOperator>()),
        Compare(Gen.OneOf("members.value", "members.type", "id"), Gen.OneOf(Ids, Gen.OneOf("Group", "USER")).Select(t => (ScimValue)ScimValue.Of(t)), Gen.OneOf(FilterOperator.Eq, FilterOperator.Ne)),
        Compare(Gen.OneOf("meta.created", "meta.lastModified"), Dates.Select(t => (ScimValue)ScimValue.Of(t)), Gen.OneOf(Order)),
        Compare(Gen.OneOf(Paths), Gen.Const(ScimValue.Null), Gen.OneOf(FilterOperator.Eq, FilterOperator.Ne)),
        Gen.OneOf(Paths).Select(p => (Filter)new Present(Path(p))),
        Gen.Recursive<Filter>((deeper, part) => Compound(deeper + 2, part, Gen.OneOf(
            Compare(Gen.OneOf("value", "display", "type", "$ref"), Text.Select(t => (ScimValue)ScimValue.Of(t)), Gen.Enum<FilterOperator>()),
            Compare(Gen.OneOf("value", "type"), Gen.OneOf(Ids, Gen.OneOf("group", "User")).Select(t => (ScimValue)ScimValue.Of(t)), Gen.Const(FilterOperator.Eq)),
            Gen.OneOf("value", "display").Select(p => (Filter)new Present(Path(p)))))).Select(part => (Filter)new ValuePath(Path("members"), part)))));

    /// <summary>Up to four groups, whose members are people and each other.</summary>
    internal static Gen<ScimObject[]> Groups { get; } = Gen.Select(
        Gen.Select(TextGen.Some, Text, Gen.Bool, Dates, Dates, Gen.Int[0, 255]).Array[1, 4], TextGen.Some.Array[4])
        .Select((groups, people) =>
        {
            var named = groups.DistinctBy(g => CanonicalKey.Of(g.Item1)).ToArray();
            return named.Select((g, at) => Group(at + 1, g, [.. named.Select(n => n.Item1)], people)).ToArray();
        });

    // The bits of a number say who is in: four people, four groups.
    static ScimObject Group(int number, (string Name, string ExternalId, bool HasExternalId, string Created, string Modified, int Members) g, string[] names, string[] people)
    {
        var members = new List<ScimValue>();
        for (var n = 1; n <= 4; n++)
            if ((g.Members & 1 << (n - 1)) != 0) members.Add(Member("User", GroupLife.U(n), people[n - 1]));
        for (var n = 1; n <= names.Length; n++)
            if (n != number && (g.Members & 16 << (n - 1)) != 0) members.Add(Member("Group", GroupLife.G(n), names[n - 1]));
        var id = GroupLife.G(number).ToString();
        var group = ScimValue.Of(("schemas", ScimValue.Of(ScimValue.Of(GroupSchema.Urn))), ("id", ScimValue.Of(id)), ("meta", ScimValue.Of(
            ("resourceType", ScimValue.Of("Group")), ("created", ScimValue.Of(g.Created)), ("lastModified", ScimValue.Of(g.Modified)),
            ("location", ScimValue.Of($"{Base}/Groups/{id}")), ("version", ScimValue.Of("W/\"1\"")))), ("displayName", ScimValue.Of(g.Name)), ("members", ScimValue.Of(members)));
        return g.HasExternalId && g.ExternalId.Length > 0 ? group.With("externalId", ScimValue.Of(g.ExternalId)) : group;
    }

    static ScimObject Member(string type, Guid id, string display) => ScimValue.Of(
        ("value", ScimValue.Of(id.ToString())), ("$ref", ScimValue.Of($"{Base}/{type}s/{id}")), ("type", ScimValue.Of(type)), ("display", ScimValue.Of(display)));

    static Gen<Filter> Compound(int depth, Gen<Filter> inner, Gen<Filter> leaf) => depth >= 4 ? leaf : Gen.Frequency(
        (3, leaf),
        (1, inner.Array[2, 3].Select(terms => Filter.All(terms))),
        (1, inner.Array[2, 3].Select(terms => Filter.Any(terms))),
        (1, inner.Select(term => (Filter)new Not(term))));

    static Gen<Filter> Compare(Gen<string> path, Gen<ScimValue> value, Gen<FilterOperator> op) =>
        Gen.Select(path, op, value).Select((p, o, v) => (Filter)new Comparison(Path(p), o, v));

    static AttributePath Path(string path) => AttributePath.TryParse(path, GroupSchema.ResourceType)!;
}

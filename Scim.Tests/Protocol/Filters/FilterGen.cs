using CsCheck;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Filters;

/// <summary>Generated people and generated filters over them, of few words, so that they meet.</summary>
static class FilterGen
{
    static readonly string[] Strings = ["userName", "externalId", "displayName", "nickName", "profileUrl", "title", "name.familyName", "emails.value", "emails.type", "photos.value", "roles.display",
        "groups.display", "schemas", "meta.location", "id", EnterpriseUserSchema.Urn + ":department", EnterpriseUserSchema.Urn + ":manager.value", EnterpriseUserSchema.Urn + ":manager.displayName"];
    static readonly string[] Paths = [.. Strings, "emails", "name", "photos", "groups", "meta", "active", EnterpriseUserSchema.Urn, EnterpriseUserSchema.Urn + ":manager", "meta.created", "x509Certificates.value"];
    static readonly FilterOperator[] Equality = [FilterOperator.Eq, FilterOperator.Ne];
    static readonly FilterOperator[] Order = [FilterOperator.Eq, FilterOperator.Ne, FilterOperator.Gt, FilterOperator.Ge, FilterOperator.Lt, FilterOperator.Le];
    static readonly Gen<string> Dates = Gen.OneOf("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z", "2025-12-31T23:59:59.999Z");
    static readonly Gen<string> Kinds = Gen.OneOf("work", "Work", "home", "HOME", "other");
    static readonly Gen<string> Text = Gen.Frequency((1, Gen.Const("")), (12, TextGen.Some), (3, TextGen.Any), (3, Gen.OneOf("work", "home", "a", "A", "\u00c5", UserSchema.Urn, EnterpriseUserSchema.Urn.ToUpperInvariant())));

    /// <summary>A filter that the checker accepts.</summary>
    internal static Gen<Filter> Filters { get; } = Gen.Recursive<Filter>((depth, inner) => Compound(depth, inner, Leaf));

    static Gen<Filter> Leaf => Gen.OneOf(
        Compare(Gen.OneOf(Strings), Gen.Enum<FilterOperator>(), Text.Select(t => (ScimValue)ScimValue.Of(t))),
        Compare(Gen.OneOf("active", "emails.primary"), Gen.OneOf(Equality), Gen.Bool.Select(ScimValue.Of)),
        Compare(Gen.OneOf("meta.created", "meta.lastModified"), Gen.OneOf(Order), Dates.Select(t => (ScimValue)ScimValue.Of(t))),
        Compare(Gen.OneOf(Paths), Gen.OneOf(Equality), Gen.Const(ScimValue.Null)),
        Gen.OneOf(Paths).Select(p => (Filter)new Present(Path(p))),
        Gen.Select(Gen.OneOf("emails", "photos", "roles", "name"), Gen.Recursive<Filter>((depth, inner) => Compound(depth + 2, inner, Unnamed)))
            .Select((name, inner) => (Filter)new ValuePath(Path(name), Fitting(name, inner))));

    // The parts of names are not those of e-mails.
    static Filter Fitting(string name, Filter inner) => name != "name" ? inner : inner switch
    {
        And and => Filter.All(and.Terms.Select(t => Fitting(name, t))),
        Or or => Filter.Any(or.Terms.Select(t => Fitting(name, t))),
        Not not => new Not(Fitting(name, not.Term)),
        Present => new Present(Path("familyName")),
        Comparison { Value: ScimBoolean } => new Present(Path("givenName")),
        Comparison c => c with { Path = Path("familyName") },
        _ => inner,
    };

    static Gen<Filter> Unnamed => Gen.OneOf(
        Compare(Gen.OneOf("value", "display", "type"), Gen.Enum<FilterOperator>(), Text.Select(t => (ScimValue)ScimValue.Of(t))),
        Compare(Gen.Const("type"), Gen.OneOf(Equality), Kinds.Select(t => (ScimValue)ScimValue.Of(t))),
        Compare(Gen.Const("primary"), Gen.OneOf(Equality), Gen.Bool.Select(ScimValue.Of)),
        Gen.OneOf("value", "display", "type", "primary").Select(p => (Filter)new Present(Path(p))));

    static Gen<Filter> Compound(int depth, Gen<Filter> inner, Gen<Filter> leaf) => depth >= 4 ? leaf : Gen.Frequency(
        (3, leaf),
        (1, inner.Array[2, 3].Select(terms => Filter.All(terms))),
        (1, inner.Array[2, 3].Select(terms => Filter.Any(terms))),
        (1, inner.Select(term => (Filter)new Not(term))));

    static Gen<Filter> Compare(Gen<string> path, Gen<FilterOperator> op, Gen<ScimValue> value) =>
        Gen.Select(path, op, value).Select((p, o, v) => (Filter)new Comparison(Path(p), o, v));

    /// <summary>Up to eight people; managers are among them or nobody.</summary>
    internal static Gen<ScimObject[]> People { get; } =
        Person.Array[1, 8].Select(people => people.Select((p, i) => Finish(p, i, people)).ToArray());

    static Gen<ScimObject> Person => Gen.Select(
        Members(("displayName", Text), ("nickName", Text), ("profileUrl", Text), ("title", Text), ("externalId", Text)),
        TextGen.Some, Gen.Bool.Select(ScimValue.Of).Null(), Element.Array[0, 3], Element.Array[0, 2],
        Members(("department", Text), ("manager", Gen.OneOf("0", "1", "2", "not-an-id", "01890000-0000-7000-8000-00000000000A"))),
        Gen.Select(Members(("familyName", Text), ("givenName", Text)), Dates, Dates, Gen.Bool))
        .Select((plain, userName, active, emails, photos, enterprise, rest) =>
        {
            var person = plain.With("userName", ScimValue.Of(userName)).With("created", ScimValue.Of(rest.Item2)).With("lastModified", ScimValue.Of(rest.Item3));
            if (active is not null) person = person.With("active", active);
            if (emails.Length > 0) person = person.With("emails", ScimValue.Of(emails));
            if (photos.Length > 0) person = person.With(rest.Item4 ? "photos" : "roles", ScimValue.Of(photos));
            if (!rest.Item1.IsUnassigned) person = person.With("name", rest.Item1);
            return enterprise.IsUnassigned ? person : person.With(EnterpriseUserSchema.Urn, enterprise);
        });

    static Gen<ScimObject> Element => Gen.Select(Members(("value", Text), ("display", Text)), Kinds.Null(), Gen.Bool.Select(ScimValue.Of).Null())
        .Select((texts, kind, primary) =>
        {
            var element = texts;
            if (kind is not null) element = element.With("type", ScimValue.Of(kind));
            if (primary is not null) element = element.With("primary", primary);
            return element.IsUnassigned ? element.With("value", ScimValue.Of("a")) : element;
        });

    static Gen<ScimObject> Members(params (string Name, Gen<string> Value)[] members) =>
        Gen.Select(Gen.Bool.Array[members.Length], Gen.Int.Array[members.Length]).SelectMany((there, _) =>
            members.Where((_, i) => there[i]).Aggregate(Gen.Const(ScimObject.Empty), (so, member) =>
                Gen.Select(so, member.Value).Select((o, text) => text.Length == 0 ? o : o.With(member.Name, ScimValue.Of(text)))));

    static ScimObject Finish(ScimObject person, int index, ScimObject[] people)
    {
        var enterprise = person[EnterpriseUserSchema.Urn] as ScimObject;
        var manager = enterprise?["manager"] is ScimString which ? Manager(which.Value, people) : null;
        var finished = person.Without("created").Without("lastModified").With("id", ScimValue.Of(Id(index))).With("meta", ScimValue.Of(
            ("resourceType", ScimValue.Of("User")), ("created", person["created"]!), ("lastModified", person["lastModified"]!),
            ("location", ScimValue.Of("https://scim.example.com/scim/v2/acme/Users/" + Id(index))), ("version", ScimValue.Of($"W/\"1-{DerivedHash.Of(new DerivedOfUser(manager?["displayName"]?.AsString, null))}\""))));
        if (manager is not null) finished = finished.With(EnterpriseUserSchema.Urn, enterprise!.With("manager", manager));
        var urns = enterprise is null ? new[] { UserSchema.Urn } : [UserSchema.Urn, EnterpriseUserSchema.Urn];
        return finished.With("schemas", ScimValue.Of(urns.Select(ScimValue.Of)));
    }

    static ScimObject Manager(string which, ScimObject[] people)
    {
        if (!int.TryParse(which, out var index)) return ScimValue.Of(("value", ScimValue.Of(which)));
        var manager = ScimValue.Of(("value", ScimValue.Of(Id(index))));
        return index < people.Length && people[index]["displayName"] is { } name ? manager.With("displayName", name) : manager;
    }

    static string Id(int index) => $"01890000-0000-7000-8000-{index:x12}";

    static AttributePath Path(string path) => AttributePath.TryParse(path, UserSchema.ResourceType)!;
}

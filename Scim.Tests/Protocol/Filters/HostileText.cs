using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Filters;

/// <summary>Text that means something to SQL, LIKE, JSON or jsonpath, wherever a client may write text.</summary>
public class HostileText
{
    static readonly string[] Corpus =
    [
        "'", "''", "\"", "\\", "\\'", "%", "_", "\\%", "$1", "$$", ";--", "/*", "' or '1'='1", "\" or id pr or userName eq \"", "\u02bc", "\uff07",
        "$.*", "@.a", "? (@ == 1)", "{\"a\":1}", "[]", "null", "${7*7}", "{0}", "%n", "{{x}}", "__proto__.x", "\u2028", "\u202e", "'::text", ") or (true",
        "{}", ":x", "@x", "E'\\x27'", "\ud83d\ude00", "\ufffe", "\uffff",
    ];

    [Fact]
    public async Task As_a_value_it_is_a_value()
    {
        var people = Corpus.Select((text, i) => ScimValue.Of(("schemas", ScimValue.Of(ScimValue.Of(UserSchema.Urn))), ("id", ScimValue.Of(Guid.Parse($"01890000-0000-7000-8000-{i:x12}").ToString())),
            ("meta", ((ScimObject)People.All["A"]["meta"]!)), ("externalId", ScimValue.Of(text)), ("userName", ScimValue.Of(text)),
            ("displayName", ScimValue.Of("x" + text + "y")), ("emails", ScimValue.Of(ScimValue.Of(("value", ScimValue.Of(text))))))).ToList();
        await using var table = await PeopleTable.With(people, People.Type);
        var wrong = new List<string>();
        foreach (var text in Corpus)
        {
            var literal = ScimValue.Of(text);
            foreach (var filter in new[] { $"externalId eq {literal}", $"userName eq {literal}", $"userName ne {literal}", $"displayName co {literal}", $"displayName ew {ScimValue.Of(text + "y")}",
                $"displayName sw {ScimValue.Of("x" + text)}", $"emails.value eq {literal}", $"emails[value eq {literal} and not (type eq {literal})]", $"not (title eq {literal})", $"userName gt {literal}" })
            {
                var check = People.Check(filter);
                var expected = people.Where(p => FilterEvaluator.Matches(check, p)).Select(People.IdOf).Order(StringComparer.Ordinal);
                var found = await table.Ids(check);
                if (!expected.SequenceEqual(found)) wrong.Add(filter);
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void As_a_value_it_stands_among_the_parameters_only()
    {
        foreach (var text in Corpus)
        {
            var parameters = new SqlParameters();
            var marked = ScimValue.Of("mark" + text + "mark");
            var check = People.Check($"userName eq {marked} or emails[value sw {marked} and type eq {marked}] or not (externalId co {marked}) or photos.value eq {marked}");
            Assert.DoesNotContain("mark", FilterSql.Where(check, new UserColumns("acme", DirectoryTables.Now with { Users = "people" }, new Locations("https://mark")), parameters), StringComparison.Ordinal);
            Assert.NotEmpty(parameters.Values);
        }
    }

    [Fact]
    public void As_a_name_it_is_refused_or_unknown()
    {
        foreach (var text in Corpus)
            foreach (var filter in new[] { $"{text} pr", $"{text} eq \"x\"", $"name.{text} pr", $"emails[{text} eq 1]", $"urn:{text}:userName pr", $"{UserSchema.Urn}:{text} pr", $"userName {text} \"x\"" })
            {
                var refusal = Assert.Throws<ScimException>(() => People.Check(filter));
                Assert.Equal((400, "invalidFilter"), (refusal.Status, refusal.ScimType));
            }
    }

    [Fact]
    public void As_a_sort_it_is_ignored()
    {
        foreach (var text in Corpus) Assert.Null(Sort.Of(text, null, People.Type));
    }

    [Fact]
    public async Task A_schema_of_an_organization_may_have_any_name_in_its_URN()
    {
        var schema = new Schema("urn:acme:it's:\"1\"", "Own", "Own", [new("level", AttributeType.Integer, "A number."), new("tags", AttributeType.String, "Text.") { MultiValued = true },
            new("ratio", AttributeType.Decimal, "A number."), new("since", AttributeType.DateTime, "A date."), new("flags", AttributeType.Boolean, "Truths.") { MultiValued = true }]);
        var type = People.Type with { Extensions = [new SchemaExtension(schema, false)] };
        ScimObject Person(int n, ScimObject? own) => ScimValue.Of([("schemas", ScimValue.Of(ScimValue.Of(UserSchema.Urn))), ("id", ScimValue.Of($"01890000-0000-7000-8000-{n:x12}")),
            ("meta", People.All["A"]["meta"]!), ("userName", ScimValue.Of($"p{n}")), .. own is null ? Array.Empty<(string, ScimValue)>() : [(schema.Id, own)]]);
        var people = new[]
        {
            Person(1, null),
            Person(2, ScimValue.Of(("level", ScimValue.Of(9m)), ("tags", ScimValue.Of(ScimValue.Of("Red"), ScimValue.Of("blue"))), ("since", ScimValue.Of("2026-01-01T00:00:00.000Z")))),
            Person(3, ScimValue.Of(("level", ScimValue.Of(10m)), ("ratio", ScimValue.Of(0.5m)), ("tags", ScimValue.Of(ScimValue.Of("red"))), ("flags", ScimValue.Of(ScimValue.True)))),
        };
        await using var table = await PeopleTable.With(people, type);
        foreach (var test in new[] { "level gt 9", "level eq 9.0", "level ne 9", "level pr", "ratio lt 1", "not (ratio ge 0.5)", "tags eq \"RED\"", "tags ne \"red\"", "tags[value eq \"red\"]",
            "tags[value sw \"b\"]", "tags pr", "since eq \"2026-01-01T01:00:00+01:00\"", "since lt \"2026-01-01T00:00:00.001Z\"", "since ne \"2026-01-01T00:00:00Z\"", "flags eq true", "flags ne true" })
        {
            var (not, rest) = test.StartsWith("not (", StringComparison.Ordinal) ? ("not (", test[5..]) : ("", test);
            var check = People.Check($"{not}urn:acme:it's:\"1\":{rest}".Replace("urn:acme:it's:\"1\":", "", StringComparison.Ordinal), new(), type);
            Assert.Equal(people.Where(p => FilterEvaluator.Matches(check, p)).Select(People.IdOf), await table.Ids(check));
        }
        foreach (var sort in new[] { "level", "ratio", "tags", "since", "flags" })
            foreach (var order in new[] { "ascending", "descending" })
            {
                var by = Sort.Of(sort, order, type)!;
                Assert.Equal(people.Order(by).Select(People.IdOf), await table.Ids(People.Check("id pr"), by));
            }
    }
}

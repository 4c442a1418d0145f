using CsCheck;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Filters;

/// <summary>What holds for every filter. A failure prints the seed that repeats it.</summary>
public class FilterProperties
{
    static readonly string[] Sorts = ["userName", "displayName", "nickName", "profileUrl", "externalId", "name.familyName", "emails", "emails.type", "photos.value", "active", "id", "schemas",
        "meta.created", "meta.lastModified", "meta.location", "meta.version", "groups", EnterpriseUserSchema.Urn + ":manager.displayName", EnterpriseUserSchema.Urn + ":department", "roles.primary"];

    [Fact]
    public void What_is_printed_reads_as_the_same_tree() => FilterGen.Filters.Sample(filter =>
        {
            var again = FilterParser.Parse(filter.ToString(), UserSchema.ResourceType, new Notes(strict: true));
            Assert.Equal(filter, again);
            Assert.Equal(filter.ToString(), again.ToString());
        }, iter: 2_000);

    [Fact]
    public async Task Memory_and_SQL_find_the_same_people()
    {
        await using var table = await PeopleTable.With([], UserSchema.ResourceType);
        await Gen.Select(FilterGen.People, FilterGen.Filters.Array[8]).SampleAsync(async (people, filters) =>
        {
            await table.Clear();
            await table.Add(people);
            foreach (var filter in filters)
            {
                var check = FilterChecker.Check(filter, UserSchema.ResourceType, new Notes(strict: true));
                var expected = people.Where(p => FilterEvaluator.Matches(check, p)).Select(People.IdOf).ToList();
                Assert.Equal(expected, await table.Ids(check));
            }
        }, iter: 60, threads: 1);
    }

    [Fact]
    public async Task Memory_and_SQL_sort_people_the_same_way()
    {
        await using var table = await PeopleTable.With([], UserSchema.ResourceType);
        var everybody = People.Check("id pr");
        await Gen.Select(FilterGen.People, Gen.OneOf(Sorts).Array[6], Gen.Bool).SampleAsync(async (people, names, descending) =>
        {
            await table.Clear();
            await table.Add(people);
            foreach (var name in names)
            {
                var sort = Sort.Of(name, descending ? "descending" : null, UserSchema.ResourceType)!;
                Assert.Equal(people.Order(sort).Select(People.IdOf), await table.Ids(everybody, sort));
            }
        }, iter: 40, threads: 1);
    }
}

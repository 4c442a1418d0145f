using System.Text.RegularExpressions;
using CsCheck;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol.Filters;

namespace Scim.Tests.Groups;

/// <summary>Filters and sorts of groups in SQL mean what they mean in memory, and go by their indexes.</summary>
public class GroupFilterSql
{
    static readonly string[] SortNames = ["displayName", "externalId", "id", "schemas", "meta.created", "meta.lastModified", "meta.location", "meta.version", "meta.resourceType", "members", "members.value", "members.type", "members.display"];

    static CheckedFilter Everything => People.Check("id pr", new Notes(), GroupSchema.ResourceType);

    [Fact]
    public async Task A_filter_finds_in_SQL_which_groups_the_table_says()
    {
        await using var table = await GroupsTable.With(Crews.All.Values);
        var wrong = new List<string>();
        foreach (var (filter, expected, _) in GroupFilterCases.Answered().Select(r => r.Data))
        {
            var ids = await table.Ids(People.Check(filter, new Notes(), Crews.Type));
            var found = string.Join(' ', Crews.All.Where(g => ids.Contains(People.IdOf(g.Value))).Select(g => g.Key));
            if (found != expected) wrong.Add($"{filter}: {found} instead of {expected}");
        }
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("displayName", null, "E C B A F D")]
    [InlineData("displayName", "descending", "D F A B C E")]
    [InlineData("externalId", null, "D B E A C F")]
    [InlineData("externalId", "descending", "C F A E B D")]
    [InlineData("meta.lastModified", "descending", "F E D C A B")]
    [InlineData("id", "descending", "F E D C B A")]
    [InlineData("members.display", null, "A E F B D C")]
    public async Task Groups_stand_in_order(string sortBy, string? sortOrder, string expected)
    {
        var sort = Sort.Of(sortBy, sortOrder, Crews.Type)!;
        var inMemory = string.Join(' ', Crews.All.OrderBy(g => g.Value, sort).Select(g => g.Key));
        await using var table = await GroupsTable.With(Crews.All.Values);
        var ids = await table.Ids(Everything, sort);
        Assert.Equal((expected, expected), (inMemory, string.Join(' ', ids.Select(id => Crews.All.Single(g => People.IdOf(g.Value) == id).Key))));
    }

    [Fact]
    public async Task Memory_and_SQL_find_the_same_groups()
    {
        await using var table = await GroupsTable.With([]);
        await Gen.Select(GroupGen.Groups, GroupGen.Filters.Array[8]).SampleAsync(async (groups, filters) =>
        {
            await table.Clear();
            await table.Add(groups);
            foreach (var filter in filters)
            {
                var check = FilterChecker.Check(filter, GroupSchema.ResourceType, new Notes());
                Assert.Equal(groups.Where(g => FilterEvaluator.Matches(check, g)).Select(People.IdOf), await table.Ids(check));
            }
        }, iter: 60, threads: 1);
    }

    [Fact]
    public async Task Memory_and_SQL_sort_groups_the_same_way()
    {
        await using var table = await GroupsTable.With([]);
        await Gen.Select(GroupGen.Groups, Gen.Bool).SampleAsync(async (groups, descending) =>
        {
            await table.Clear();
            await table.Add(groups);
            foreach (var name in SortNames)
                if (Sort.Of(name, descending ? "descending" : null, GroupSchema.ResourceType) is { } sort)
                    Assert.Equal((name, string.Join(' ', groups.Order(sort).Select(People.IdOf))), (name, string.Join(' ', await table.Ids(Everything, sort))));
        }, iter: 30, threads: 1);
    }

    [Theory]
    [InlineData("displayName eq \"Tour Guides\"", null, "ux_group_display_name_key", "= 'tour guides'")]
    [InlineData("displayName sw \"Tour\"", null, "ux_group_display_name_key", "< 'tous'")]
    [InlineData("externalId eq \"ext-A\"", null, "ix_group_external_id", "= 'ext-A'")]
    [InlineData("members.value eq \"00000000-0000-7000-8000-000000000001\"", null, "ix_group_member_member", "member_id = '00000000")]
    [InlineData("members[value eq \"00000000-0000-7000-8000-000000000001\"]", null, "ix_group_member_member", "member_id = '00000000")]
    [InlineData("id eq \"00000000-0000-7000-9000-000000000001\"", null, "pkey_mt_doc_group", "id = '00000000")]
    [InlineData("meta.lastModified gt \"2021-02-01T00:00:00Z\"", null, "ix_group_last_modified", "> '2021")]
    [InlineData("id pr", "displayName", "ux_group_display_name_key", "tenant_id")]
    [InlineData("id pr", "meta.created", "ix_group_created", "tenant_id")]
    public async Task Filters_and_sorts_go_by_their_indexes(string filter, string? sortBy, string index, string condition)
    {
        await using var table = await GroupsTable.With(Crews.All.Values);
        await table.Grow();
        var plan = await table.Plan(People.Check(filter, new Notes(), Crews.Type), sortBy is null ? null : Sort.Of(sortBy, null, Crews.Type));
        Assert.True(Regex.IsMatch(plan, "(Index|Recheck) Cond:.*" + Regex.Escape(condition)) && plan.Contains(index, StringComparison.Ordinal), plan);
    }
}

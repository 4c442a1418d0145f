using System.Text.RegularExpressions;
using Scim.Domain.Protocol.Filters;

namespace Scim.Tests.Protocol.Filters;

/// <summary>The SQL asks in the form in which the indexes are made.</summary>
public class FilterIndexes
{
    static readonly (string Filter, string? SortBy, string Index, string Condition)[] Cases =
    [
        ("userName eq \"bjensen@example.com\"", null, "ix_user_user_name", "= 'bjensen@example.com'"),
        ("userName sw \"b\"", null, "ix_user_user_name", "< 'c'"),
        ("userName gt \"u9998\"", null, "ix_user_user_name", "> 'u9998'"),
        ("id pr", "userName", "ix_user_user_name", "tenant_id"),
        ("externalId eq \"701984\"", null, "ix_user_external_id", "= '701984'"),
        ("displayName eq \"Boss\"", null, "ix_user_display_name", "= 'boss'"),
        ("displayName sw \"Bo\"", null, "ix_user_display_name", "< 'bp'"),
        ("displayName ge \"d9998\"", null, "ix_user_display_name", ">= 'd9998'"),
        ("id pr", "displayName", "ix_user_display_name", "Presorted"),
        ("name.familyName eq \"Jensen\"", null, "ix_user_family_name", "= 'jensen'"),
        ("meta.lastModified gt \"2022-04-01T00:00:00Z\"", null, "ix_user_last_modified", "> '2022"),
        ("id pr", "meta.created", "ix_user_created", "tenant_id"),
        ("emails.value eq \"bjensen@example.com\"", null, "ix_user_emails", "@>"),
        ("emails eq \"bjensen@example.com\"", null, "ix_user_emails", "@>"),
        ("emails[type eq \"work\" and value eq \"bjensen@example.com\"]", null, "ix_user_emails", "@>"),
        ("id eq \"01890000-0000-7000-8000-000000000001\"", null, "people_pkey", "id = '01890000"),
    ];

    [Fact]
    public async Task Filters_and_sorts_go_by_their_indexes()
    {
        await using var table = await PeopleTable.With(People.All.Values, People.Type);
        await table.Grow();
        var wrong = new List<string>();
        foreach (var (filter, sortBy, index, condition) in Cases)
        {
            var plan = await table.Plan(People.Check(filter), Sort.Of(sortBy, null, People.Type));
            var served = sortBy is null ? Regex.IsMatch(plan, "(Index|Recheck) Cond:.*" + Regex.Escape(condition)) : plan.Contains(condition, StringComparison.Ordinal);
            if (!served || !plan.Contains(index, StringComparison.Ordinal)) wrong.Add($"{filter} by {sortBy}: {plan}");
        }
        Assert.Empty(wrong);
    }
}

using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;

namespace Scim.Tests.Protocol.Filters;

/// <summary>The repair for providers that look people up by e-mail.</summary>
public class EmailLookups
{
    [Theory]
    [InlineData("email eq \"BJensen@example.com\"", false, "A K", true)]
    [InlineData("emails eq \"bjensen@example.com\"", false, "A K", true)]
    [InlineData("emails.value eq \"bjensen@example.com\"", false, "A K", false)]
    [InlineData("emails[value eq \"bjensen@example.com\"]", false, "A K", false)]
    [InlineData("emails[type eq \"work\"].value eq \"bjensen@example.com\"", false, "A K", true)]
    [InlineData("emails[type eq \"work\"] eq \"twin@example.org\" or email eq \"john@example.com\"", false, "B K", true)]
    [InlineData("userName eq \"twin\" or emails.value eq \"john@example.com\"", false, "B K", false)]
    [InlineData("userName eq \"bjensen@example.com\"", true, "A K", true)]
    [InlineData("userName eq \"twin\"", true, "K", true)]
    public void Whoever_has_the_address_is_found(string filter, bool matchOnEmail, string expected, bool repaired)
    {
        var notes = new Notes();
        var check = Check(filter, matchOnEmail, notes);
        Assert.Equal(expected, string.Join(' ', People.InMemory(check)));
        Assert.True(check.ActiveFirst);
        Assert.Equal(repaired, notes.Repairs.Contains("filter: matching attribute e-mail"));
    }

    [Theory]
    [InlineData("userName eq \"bjensen@example.com\"", false, "A")]
    [InlineData("userName sw \"bjensen@example.com\"", true, "A")]
    [InlineData("not (userName eq \"bjensen@example.com\")", true, "B C D E F G H I J K L")]
    [InlineData("emails.value eq \"bjensen@example.com\" and active eq true", true, "A")]
    [InlineData("emails[type eq \"work\" and value eq \"bjensen@example.com\"]", true, "A")]
    [InlineData("emails[type eq \"work\" and value sw \"bjensen\"]", true, "A")]
    [InlineData("emails.value eq \"john@example.com\" or title eq \"guide\"", true, "B D")]
    public void A_filter_that_asks_for_anything_else_stays_as_it_is(string filter, bool matchOnEmail, string expected)
    {
        var check = Check(filter, matchOnEmail, new Notes());
        Assert.Equal(expected, string.Join(' ', People.InMemory(check)));
        Assert.False(check.ActiveFirst);
    }

    [Fact]
    public void Strict_mode_repairs_nothing()
    {
        Assert.Throws<ScimException>(() => Check("email eq \"bjensen@example.com\"", true, new Notes(strict: true)));
        Assert.Equal(["A"], People.InMemory(Check("userName eq \"bjensen@example.com\"", true, new Notes(strict: true))));
    }

    [Fact]
    public async Task Active_people_come_first()
    {
        await using var table = await PeopleTable.With(People.All.Values, People.Type);
        var check = Check("emails.value eq \"twin@example.org\" or emails.value eq \"intern@example.com\" or emails.value eq \"mkate@home.example.org\"", false, new Notes());
        var ids = await table.Ids(check);
        Assert.Equal(["L", "C", "K"], ids.Select(id => People.All.Single(p => People.IdOf(p.Value) == id).Key));
    }

    static CheckedFilter Check(string filter, bool matchOnEmail, Notes notes)
    {
        var (tree, activeFirst) = EmailMatching.Rewrite(FilterParser.Parse(filter, People.Type, notes), matchOnEmail, notes);
        return FilterChecker.Check(tree, People.Type, notes) with { ActiveFirst = activeFirst };
    }
}

using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;

namespace Scim.Tests.Protocol.Filters;

/// <summary>RFC 7644 §3.4.2.3 on the people of the filter table.</summary>
public class Sorts
{
    [Theory]
    [InlineData("title", null, "D A K B C E F G H I J L")]
    [InlineData("title", "ascending", "D A K B C E F G H I J L")]
    [InlineData("TITLE", "Descending", "C E F G H I J L B A K D")]
    [InlineData("emails", null, "A G J L B C D K E F H I")]
    [InlineData("emails.value", "descending", "E F H I K D C B L J G A")]
    [InlineData("emails.type", null, "C D J A B G K L E F H I")]
    [InlineData("externalId", null, "A B C D E F G H I J K L")]
    [InlineData("profileUrl", null, "A I H B C D E F G J K L")]
    [InlineData("nickName", null, "D A E I H B C F G J K L")]
    [InlineData("active", null, "C K A B D E G H I J L F")]
    [InlineData("active", "descending", "F A B D E G H I J L C K")]
    [InlineData("meta.lastModified", "descending", "L K J I H G F E D C B A")]
    [InlineData("id", "descending", "L K J I H G F E D C B A")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName", null, "C L A B D E F G H I J K")]
    [InlineData("groups", "descending", "A B C D E F G H I J K L")]
    public async Task People_stand_in_order(string sortBy, string? sortOrder, string expected)
    {
        var sort = Sort.Of(sortBy, sortOrder, People.Type)!;
        Assert.Equal(expected, string.Join(' ', People.All.OrderBy(p => p.Value, sort).Select(p => p.Key)));
        await using var table = await PeopleTable.With(People.All.Values.Reverse(), People.Type);
        var ids = await table.Ids(People.Check("id pr"), sort);
        Assert.Equal(expected, string.Join(' ', ids.Select(id => People.All.Single(p => People.IdOf(p.Value) == id).Key)));
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("nonsense"), InlineData("name"), InlineData("addresses"), InlineData("meta"), InlineData("password"), InlineData("emails[type eq \"work\"]")]
    public void What_has_no_order_is_ignored(string? sortBy) => Assert.Null(Sort.Of(sortBy, null, People.Type));

    [Fact]
    public void An_order_that_is_none_is_refused() =>
        Assert.Equal("invalidValue", Assert.Throws<ScimException>(() => Sort.Of("title", "up", People.Type)).ScimType);
}

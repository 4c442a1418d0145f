using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Dialects;

public class MappingAdviceTests
{
    [Theory]
    [InlineData("department", EnterpriseUserSchema.Urn + ":department")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department", EnterpriseUserSchema.Urn + ":department")]
    [InlineData("manager", EnterpriseUserSchema.Urn + ":manager.value")]
    [InlineData("managerId", EnterpriseUserSchema.Urn + ":manager.value")]
    [InlineData("job_title", "title")]
    [InlineData("first-name", "name.givenName")]
    [InlineData("familyName", "name.familyName")]
    [InlineData("urn:okta:lumen:1.0:user:custom:mobilePhone", "phoneNumbers[type eq \"mobile\"].value")]
    [InlineData("nickname", "nickName")]
    [InlineData("badge", null)]
    [InlineData("groups", null)]
    [InlineData("password", null)]
    [InlineData("(more)", null)]
    [InlineData("(malformed)", null)]
    [InlineData("", null)]
    [InlineData("x.", null)]
    public void What_was_probably_meant_is_told_where_it_is_known(string name, string? expected) => Assert.Equal(expected, MappingAdvice.For(name));

    [Fact]
    public void The_type_of_the_last_value_is_noted_with_a_name()
    {
        var notes = new Notes();
        notes.Unknown("badge", Protocol.Sent.Value("7"));
        notes.Unknown("badge", Protocol.Sent.Value("{\"a\":1}"));
        notes.Unknown("tags", Protocol.Sent.Value("[1]"));
        notes.Unknown("gone");
        Assert.Equal([("badge", "object"), ("tags", "array"), ("gone", "null")], notes.Skipped);
    }
}

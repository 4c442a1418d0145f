using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Messages;

namespace Scim.Tests.Protocol.Messages;

public class MessageTests
{
    [Fact]
    public void An_empty_list_has_its_resources_and_integers() =>
        Assert.Equal("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}""",
            ListResponse.Compose(0, 1, []).ToString());

    [Fact]
    public void A_page_tells_how_many_it_has() =>
        Assert.Equal("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":7,"startIndex":3,"itemsPerPage":2,"Resources":[{"id":"1"},{"id":"2"}]}""",
            ListResponse.Compose(7, 3, [Sent.Object("""{"id":"1"}"""), Sent.Object("""{"id":"2"}""")]).ToString());

    [Fact]
    public void A_page_of_a_cursor_names_the_next() =>
        Assert.Equal("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":7,"itemsPerPage":1,"nextCursor":"abc","Resources":[{"id":"1"}]}""",
            ListResponse.Compose(7, null, [Sent.Object("""{"id":"1"}""")], "abc").ToString());

    [Fact]
    public void An_error_has_its_status_as_text_and_its_keyword() =>
        Assert.Equal("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"userName is taken. (request r1)"}""",
            ErrorMessage.Compose(ScimException.Uniqueness("userName is taken."), "r1").ToString());

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    public void Only_400_and_409_have_a_keyword(int status) => Assert.Null(ErrorMessage.Compose(status, "invalidValue", "x")["scimType"]);
}

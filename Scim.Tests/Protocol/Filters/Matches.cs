using System.Text;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Filters;

/// <summary>The match document.</summary>
public class Matches
{
    [Fact]
    public void It_is_the_resource_in_keys()
    {
        var resource = Read("""
            {"schemas":["x"],"id":"1","meta":{},"ExternalId":"AB","USERNAME":"Straße","active":true,"displayName":"","password":"Secret","unknown":"X",
            "emails":[{"value":"A@B","Primary":true,"display":""},{"type":"Work"}],"groups":[{"value":"g"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user":{"Department":"Ops","manager":{"value":"M","displayName":"Boss"}}}
            """);
        Assert.Equal("""
            {"externalId":"ab","userName":"strasse","active":true,"emails":[{"value":"a@b","primary":true},{"type":"work"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"ops","manager":{"value":"m"}}}
            """, Match.Of(resource, UserSchema.ResourceType).ToString());
    }

    [Fact]
    public void Arrays_keep_their_positions()
    {
        var match = Match.Of(Read("""{"emails":[{"display":""},{"value":"B"}]}"""), UserSchema.ResourceType);
        Assert.Equal("""{"emails":[{},{"value":"b"}]}""", match.ToString());
    }

    [Fact]
    public void It_is_its_own_match() => Assert.All(People.All.Values, person =>
    {
        var match = Match.Of(person, UserSchema.ResourceType);
        Assert.Equal(match, Match.Of(match, UserSchema.ResourceType));
    });

    static ScimObject Read(string json) => ScimReader.ReadObject(Encoding.UTF8.GetBytes(json));
}

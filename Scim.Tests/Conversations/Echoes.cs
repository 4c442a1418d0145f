namespace Scim.Tests.Conversations;

/// <summary>Okta writes on top of what it read, so what our GET shows must mean the same in a PUT.</summary>
public class Echoes(TestService service)
{
    const string Everything = """
        ,"externalId":"00u4zoltan","name":{"formatted":"Dr Zoltan Kis","familyName":"Kis","givenName":"Zoltan","middleName":"B.","honorificPrefix":"Dr","honorificSuffix":"jr."},
        "displayName":"Zoltan","nickName":"Zo","profileUrl":"https://people.lumen.example/Zo","title":"Guide","userType":"Contractor","preferredLanguage":"hu","locale":"hu-HU","timezone":"Europe/Budapest",
        "emails":[{"value":"z@lumen.example","type":"work","primary":true},{"value":"Z@home.example","type":"home","primary":false,"display":"at home"}],
        "phoneNumbers":[{"value":"tel:+36-1-555-0199","type":"work"}],"ims":[{"value":"zo","type":"xmpp"}],"photos":[{"value":"https://img.lumen.example/z.png","type":"photo"}],
        "addresses":[{"streetAddress":"Fő utca 1","locality":"Budapest","postalCode":"1011","country":"HU","type":"work","formatted":"Fő utca 1\n1011 Budapest","primary":true}],
        "entitlements":[{"value":"bus"}],"roles":[{"value":"guide","display":"Guide","type":"x","primary":true}],"x509Certificates":[{"value":"MIIB"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"9","costCenter":"C1","organization":"Lumen","division":"North","department":"Tours","manager":{"value":"MANAGER"}}
        """;

    [Fact]
    public async Task A_put_of_our_own_get_is_no_event_and_keeps_the_tag()
    {
        using var organization = await service.NewOrganization();
        var manager = await organization.NewUser("boss@lumen.example", ",\"displayName\":\"The Boss\"");
        var id = (await organization.NewUser("zoltan@lumen.example", Everything.Replace("MANAGER", manager.Id, StringComparison.Ordinal))).Id;
        var read = await organization.Get($"Users/{id}");
        Assert.Contains("\"displayName\":\"The Boss\"", read.Text, StringComparison.Ordinal);

        var written = await organization.Put($"Users/{id}", read.Text);
        Assert.Equal((200, read.ETag, read.Text), (written.Status, written.ETag, written.Text));
        Assert.Equal(["user_provisioned"], await organization.Events(id));

        written = await organization.Put($"Users/{id}", read.Text.Replace("\"active\":true", "\"active\":false", StringComparison.Ordinal));
        Assert.Equal(200, written.Status);
        Assert.Equal(["user_provisioned", "user_deactivated"], await organization.Events(id));
    }
}

using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Schemas;

public class DiscoveryTests
{
    static readonly Discovery Discovery = new("https://scim.example.com/scim/v2/acme/", [UserSchema.ResourceType, TestTypes.Group]);

    [Fact]
    public void The_service_tells_what_it_can_do_today() =>
        Assert.Equal(
            """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],"patch":{"supported":true},"bulk":{"supported":false,"maxOperations":0,"maxPayloadSize":0},"filter":{"supported":true,"maxResults":1000},"changePassword":{"supported":false},"sort":{"supported":true},"etag":{"supported":true},"authenticationSchemes":[{"type":"oauthbearertoken","name":"OAuth Bearer Token","description":"A token of the organization, sent as Authorization: Bearer.","specUri":"https://www.rfc-editor.org/rfc/rfc6750","primary":true}],"meta":{"resourceType":"ServiceProviderConfig","location":"https://scim.example.com/scim/v2/acme/ServiceProviderConfig"}}""",
            Discovery.ServiceProviderConfig(new ServiceCapabilities()).ToString());

    [Fact]
    public void Bulk_is_told_once_there_is_one() =>
        Assert.Equal("""{"supported":true,"maxOperations":1000,"maxPayloadSize":1048576}""",
            Discovery.ServiceProviderConfig(new ServiceCapabilities(BulkMaxOperations: 1000, BulkMaxPayloadSize: 1 << 20))["bulk"]!.ToString());

    [Fact]
    public void A_resource_type_is_found_by_its_name_in_any_case() =>
        Assert.Equal(
            CaseBlock.Spelled("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"id":"User","name":"User","description":"User Account","endpoint":"/Users","schema":"§U","schemaExtensions":[{"schema":"§E","required":false}],"meta":{"resourceType":"ResourceType","location":"https://scim.example.com/scim/v2/acme/ResourceTypes/User"}}"""),
            Discovery.ResourceType("user")!.ToString());

    [Fact]
    public void What_there_is_not_is_null()
    {
        Assert.Null(Discovery.ResourceType("Robot"));
        Assert.Null(Discovery.Schema("urn:example:robot"));
    }

    [Fact]
    public void Schemas_are_those_of_the_types_and_of_discovery_itself() =>
        Assert.Equal(
            ["User", "EnterpriseUser", "Group", "ServiceProviderConfig", "ResourceType", "Schema"],
            Resources(Discovery.Schemas()).Select(s => s["name"]!.AsString!));

    [Fact]
    public void Every_listed_schema_and_type_is_found_alone_as_it_is_listed()
    {
        foreach (var schema in Resources(Discovery.Schemas()))
        {
            Assert.Equal(schema, Discovery.Schema(schema["id"]!.AsString!));
            Assert.Equal($"https://scim.example.com/scim/v2/acme/Schemas/{schema["id"]!.AsString}", ((ScimObject)schema["meta"]!)["location"]!.AsString);
        }
        foreach (var type in Resources(Discovery.ResourceTypes())) Assert.Equal(type, Discovery.ResourceType(type["name"]!.AsString!));
    }

    [Fact]
    public void The_plain_form_leaves_out_what_stops_a_validator()
    {
        var text = Discovery.Schemas().ToString();
        Assert.DoesNotContain("\"password\"", text, StringComparison.Ordinal);
        var emails = Attribute(Discovery.Schema(UserSchema.Urn)!, "emails");
        Assert.Equal(["value", "type", "primary"], Parts(emails));
        Assert.Equal(["value", "$ref", "displayName"], Parts(Attribute(Discovery.Schema(EnterpriseUserSchema.Urn)!, "manager")));
    }

    [Fact]
    public void The_full_form_has_everything()
    {
        var full = new Discovery("https://x", [UserSchema.ResourceType], full: true).Schema(UserSchema.Urn)!;
        Assert.Equal("writeOnly", Attribute(full, "password")["mutability"]!.AsString);
        Assert.Equal(["value", "$ref", "display", "type"], Parts(Attribute(full, "groups")));
    }

    [Fact]
    public void An_attribute_tells_all_of_its_characteristics() =>
        Assert.Equal(
            """{"name":"userName","type":"string","multiValued":false,"description":"The name by which the person is known to the service; unique in the organization, compared without regard to case.","required":true,"caseExact":false,"mutability":"readWrite","returned":"default","uniqueness":"server"}""",
            Attribute(Discovery.Schema(UserSchema.Urn)!, "userName").ToString());

    [Fact]
    public void Nothing_that_is_published_is_null_or_nameless()
    {
        foreach (var schema in Resources(Discovery.Schemas()).SelectMany(s => ((ScimArray)s["attributes"]!).Items))
        {
            Assert.DoesNotContain("null", schema.ToString(), StringComparison.Ordinal);
            Assert.NotEqual("", ((ScimObject)schema)["name"]!.AsString);
        }
    }

    static IEnumerable<ScimObject> Resources(ScimObject list) => ((ScimArray)list["Resources"]!).Items.Cast<ScimObject>();

    static ScimObject Attribute(ScimObject schema, string name) =>
        ((ScimArray)schema["attributes"]!).Items.Cast<ScimObject>().Single(a => a["name"]!.AsString == name);

    static IEnumerable<string> Parts(ScimObject attribute) => ((ScimArray)attribute["subAttributes"]!).Items.Cast<ScimObject>().Select(s => s["name"]!.AsString!);
}

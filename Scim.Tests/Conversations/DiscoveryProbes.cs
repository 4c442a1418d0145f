using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Scim.Api.Provisioning;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol;

namespace Scim.Tests.Conversations;

/// <summary>Every attribute as it is published, held against what is done with it.</summary>
public class DiscoveryProbes(TestService service)
{
    static readonly ResourceType[] Types = [UserSchema.ResourceType, GroupSchema.ResourceType];

    public static TheoryData<string, string> Leaves
    {
        get
        {
            var leaves = new TheoryData<string, string>();
            foreach (var probe in Types.SelectMany(Probe.Of)) leaves.Add(probe.Type.Name, probe.Path);
            return leaves;
        }
    }

    [Theory, MemberData(nameof(Leaves))]
    public void An_attribute_is_what_its_schema_says(string type, string path)
    {
        var probe = Types.SelectMany(Probe.Of).Single(p => p.Type.Name == type && p.Path == path);
        var stored = ResourceReader.Read(probe.Body(probe.Right), probe.Type, new Notes(strict: true));
        var isWritten = probe.IsWritten;
        Assert.Equal(isWritten, probe.In(stored) is { } value && value.Equals(probe.Right));

        if (isWritten) AssertRefused(() => ResourceReader.Read(probe.Body(Sent.Value("[7]")), probe.Type, new Notes()), "invalidValue");
        if (isWritten && probe.IsText && probe.Canonical) AssertRefused(() => ResourceReader.Read(probe.Body(ScimValue.Of("something-else")), probe.Type, new Notes(strict: true)), "invalidValue");
        if (isWritten && probe.HolderIsMany) Assert.Equal(2, ((ScimArray)ResourceReader.Read(probe.Twice(), probe.Type, new Notes())[probe.Holder]!).Items.Length);
        else if (isWritten) AssertRefused(() => ResourceReader.Read(probe.Body(ScimValue.Of(probe.Right, probe.Right)), probe.Type, new Notes()), "invalidValue");

        if (probe.Says("required") == "true") AssertRefused(() => ResourceReader.Read(probe.Body(ScimValue.Null), probe.Type, new Notes()), "invalidValue");
        else Assert.NotNull(ResourceReader.Read(Probe.Minimal(probe.Type), probe.Type, new Notes()));

        var patch = Sent.Object($$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":[{"op":"replace","path":{{ScimValue.Of(probe.Path)}},"value":{{probe.Right}}}]}""");
        if (probe.Says("mutability") == "readOnly") AssertRefused(() => PatchRequest.Parse(patch, probe.Type, new Notes()), "mutability");
        else if (probe.Says("mutability") == "immutable") Assert.False(probe.Path is not ("members.value" or "members.type"), "Let a case of its own prove it.");
        else if (isWritten && !probe.StandsBeside) Assert.Equal(probe.Right, probe.In(PatchRequest.Parse(patch, probe.Type, new Notes()).Apply(Probe.Minimal(probe.Type))));

        if (probe.IsText)
        {
            var shouted = ScimValue.Of(string.Concat(probe.Right.AsString!.Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c))));
            Assert.Equal(probe.Says("caseExact") != "true", FilterEvaluator.Matches(Filter(probe, shouted), probe.Body(probe.Right)));
        }
        Assert.True(FilterEvaluator.Matches(Filter(probe, probe.Right), probe.Body(probe.Right)));

        Assert.Equal("default", probe.Says("returned"));
        Assert.NotNull(probe.In(Projection.Default(probe.Type).Apply(probe.Body(probe.Right))));
        Assert.NotNull(probe.In(Projection.Parse(probe.Path, null, probe.Type).Apply(probe.Body(probe.Right))));
        Assert.Null(probe.In(Projection.Parse(null, probe.Path, probe.Type).Apply(probe.Body(probe.Right))));
    }

    [Fact]
    public async Task What_is_not_unique_is_shared()
    {
        using var organization = await service.NewOrganization();
        var body = Types.SelectMany(Probe.Of).Where(p => p is { Type.Name: "User", IsWritten: true, Name: not "userName", HolderIsMany: false })
            .Aggregate(Probe.Minimal(UserSchema.ResourceType), (all, probe) => probe.Into(all, probe.Right)).With("externalId", ScimValue.Of("shared"));
        foreach (var name in (string[])["one", "two"])
            Assert.Equal(201, (await organization.Post("Users", body.With("userName", ScimValue.Of(name)).ToString())).Status);
        Assert.Equal(2, (await organization.Get("Users?filter=externalId+eq+%22shared%22+and+displayName+eq+%22Abc%22")).Total);
    }

    [Fact]
    public async Task What_is_not_supported_is_not_there()
    {
        using var organization = await service.NewOrganization();
        var can = (await organization.Get("ServiceProviderConfig")).Body!;
        Assert.Equal("false", ((ScimObject)can["bulk"]!)["supported"]!.ToString());
        Assert.Equal(404, (await organization.Post("Bulk", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[]}""")).Status);
    }

    [Fact]
    public async Task A_page_holds_no_more_than_is_said()
    {
        using var organization = await service.NewOrganization();
        var said = ((ScimObject)(await organization.Get("ServiceProviderConfig")).Body!["filter"]!)["maxResults"]!.ToString();
        var asked = new ScimQuery(new QueryCollection(new Dictionary<string, StringValues> { ["count"] = "1000000" }));
        Assert.Equal(said, asked.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    static CheckedFilter Filter(Probe probe, ScimValue value) => FilterChecker.Check(FilterParser.Parse($"{probe.Path} eq {value}", probe.Type, new Notes(strict: true)), probe.Type, new Notes(strict: true));

    static void AssertRefused(Func<object> what, string scimType) => Assert.Equal((400, scimType), Assert.Throws<ScimException>(what) is var e ? (e.Status, e.ScimType) : default);
}

using System.Text;
using BenchmarkDotNet.Attributes;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Benchmarks.Protocol;

/// <summary>What the core does for one request, without network and store.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    static readonly byte[] Body = Encoding.UTF8.GetBytes("""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen@example.com","externalId":"701984",
         "name":{"givenName":"Barbara","familyName":"Jensen"},"displayName":"Barbara Jensen","locale":"en-US","active":true,
         "emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@example.org","type":"home"}]}
        """);

    static readonly byte[] PatchBody = Encoding.UTF8.GetBytes("""
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"b@example.com"}]}
        """);

    static readonly ScimObject Stored = Read();

    /// <summary>Reads a POST body of a usual size into its stored form.</summary>
    [Benchmark]
    public ScimObject ReadBody() => Read();

    /// <summary>Parses and applies a PATCH with a value filter.</summary>
    [Benchmark]
    public ScimObject ApplyPatch() => PatchRequest.Parse(ScimReader.ReadObject(PatchBody), UserSchema.ResourceType, new Notes()).Apply(Stored);

    /// <summary>Parses and checks a filter of three terms.</summary>
    [Benchmark]
    public CheckedFilter ReadFilter() => FilterChecker.Check(
        FilterParser.Parse("userName eq \"bjensen@example.com\" and (active eq true or emails[type eq \"work\" and value co \"@example.com\"])", UserSchema.ResourceType, new Notes()),
        UserSchema.ResourceType, new Notes());

    static ScimObject Read() => ResourceReader.Read(ScimReader.ReadObject(Body), UserSchema.ResourceType, new Notes());
}

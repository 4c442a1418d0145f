using System.Text;
using BenchmarkDotNet.Attributes;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;

namespace Scim.Benchmarks.Store;

/// <summary>What an event costs on its way into the history and out of it, without the database.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    static readonly Guid Person = Guid.Parse("01a20c92-618d-706e-8673-3da5d9153c2e");
    static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];
    static readonly DateTimeOffset Day = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    static readonly UserProvisioned Provisioned = new(Person, Source.Scim, true, Json("""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"00u1","userName":"bjensen@example.com","name":{"familyName":"Jensen","givenName":"Barbara"},
         "displayName":"Barbara Jensen","title":"Tour Guide","emails":[{"value":"bjensen@example.com","type":"work","primary":true}]}
        """), "Barbara Jensen");

    // A life of a hundred events: provisioned, then titles that change and access that goes and comes.
    static readonly UserEvent[] Life = [Provisioned, .. Enumerable.Range(1, 99).Select(i => (UserEvent)(i % 3 == 0
        ? i % 2 == 0 ? new UserReactivated(Person, Source.Scim, "Barbara Jensen") : new UserDeactivated(Person, Source.Scim, "Barbara Jensen")
        : new UserAttributesChanged(Person, Source.Scim, ["title"], new AttributeChange(Json($$"""{"title":"Guide {{i - 1}}"}"""), Json($$"""{"title":"Guide {{i}}"}""")), "Barbara Jensen")))];

    static readonly byte[] Sealed = Seal();

    /// <summary>Folds the hundred events into the person.</summary>
    [Benchmark]
    public object? FoldLife()
    {
        User? user = null;
        for (var i = 0; i < Life.Length; i++) user = User.Fold(user, Life[i], new Fact(i + 1, Day.AddSeconds(i), "okta"));
        return user;
    }

    /// <summary>Writes the frame of an event with the resource sealed in it.</summary>
    [Benchmark]
    public byte[] SealEvent() => Seal();

    /// <summary>Reads that frame.</summary>
    [Benchmark]
    public object OpenEvent() => Frame.Read(typeof(UserProvisioned), Sealed, _ => Key, EventStoreOptions.Json);

    /// <summary>Hashes it into the chain of its stream.</summary>
    [Benchmark]
    public byte[] HashEvent() => Chain.Hash(Chain.Genesis.Span, new StoredEvent(
        "0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f", Person, 1, Person, "user_provisioned", "Scim.Domain.Users.UserProvisioned", Day, "okta", null, null, new Dictionary<string, string>(), Sealed));

    static byte[] Seal() => Frame.Write(Provisioned, EventTypes.ShapeOf(typeof(UserProvisioned)), Key, EventStoreOptions.Json);

    static ScimObject Json(string json) => ScimReader.ReadObject(Encoding.UTF8.GetBytes(json))!;
}

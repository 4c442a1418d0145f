using System.Text;
using Scim.Domain.History;

namespace Scim.Tests.History;

public class Chain_of_a_stream
{
    [Fact]
    public void Has_the_known_answer()
    {
        byte[] body = [1, 1, 0, 0, 0, 0, 0x4e, .. Encoding.UTF8.GetBytes("""{"groupId":"0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f","displayName":"Tour Guides"}""")];
        Assert.Equal(85, body.Length);
        var stream = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f");
        var e = new StoredEvent("org-a", stream, 1, Guid.Parse("1dae776c-4a78-4a04-82bc-68dea21e5895"), "group_created",
            "Scim.Domain.Groups.GroupCreated, Scim.Domain", DateTimeOffset.UnixEpoch.AddTicks(1795507628004451 * 10), "scim-token:0191f1a0", null, null,
            new Dictionary<string, string> { ["token"] = "0193aa70", ["ip"] = "203.0.113.7" }, body);

        Assert.Equal("6cbb8932f5ea4c9f230f7d3180c150037a6013181d694abc994c433053a7ced0", Convert.ToHexStringLower(Chain.Hash(Chain.Genesis.Span, e)));
    }

    [Fact]
    public void Does_not_hash_the_hash_itself()
    {
        var e = new StoredEvent("t", Guid.Empty, 1, Guid.Empty, "x", "X", DateTimeOffset.UnixEpoch, null, null, null, new Dictionary<string, string> { ["hash"] = "anything" }, ReadOnlyMemory<byte>.Empty);

        Assert.Equal(Chain.Hash(Chain.Genesis.Span, e with { Headers = new Dictionary<string, string>() }), Chain.Hash(Chain.Genesis.Span, e));
    }
}

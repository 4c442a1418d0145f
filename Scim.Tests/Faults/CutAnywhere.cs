using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>For every verb and every message that it sends to PostgreSQL: the connection is reset there, before the message arrives or after it was carried out.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class CutAnywhere(BehindProxy behind) : IClassFixture<BehindProxy>, IAsyncLifetime
{
    readonly ClientJournal _journal = new();
    Provider _provider = null!;
    TestOrganization _organization = null!;

    public async ValueTask InitializeAsync()
    {
        _organization = await behind.Service.NewOrganization();
        _provider = new Provider(_journal, _organization.Id, _organization.Token, () => behind.Service.Address);
        await Post("warm@example.com"); // connections are open before one is cut
    }

    [Theory]
    [InlineData("POST", Fate.CutBefore)]
    [InlineData("POST", Fate.CutAfter)]
    [InlineData("POST again", Fate.CutBefore)]
    [InlineData("POST again", Fate.CutAfter)]
    [InlineData("PUT", Fate.CutBefore)]
    [InlineData("PUT", Fate.CutAfter)]
    [InlineData("PATCH", Fate.CutBefore)]
    [InlineData("PATCH", Fate.CutAfter)]
    [InlineData("DELETE", Fate.CutBefore)]
    [InlineData("DELETE", Fate.CutAfter)]
    internal async Task A_connection_cut_at_any_message_leaves_a_command_done_or_not_done(string verb, Fate fate)
    {
        var cuts = 0;
        for (var n = 1; ; n++)
        {
            var act = await Prepare(verb, $"{verb.Replace(' ', '-')}-{fate}-{n}@example.com");
            var (passed, wasCut) = (0, false);
            behind.Proxy.FateOf = _ => Interlocked.Increment(ref passed) == n && (wasCut = true) ? fate : Fate.Pass;
            var answer = await act();
            behind.Proxy.FateOf = _ => Fate.Pass;
            if (!wasCut) break;

            cuts++;
            Assert.Contains(answer!.Status, new[] { 200, 201, 204, 503 });
            // Asked again it is done, or says that it was.
            Assert.Contains((await act())!.Status, verb switch { "PUT" or "PATCH" => [200], "DELETE" => answer.Status == 204 ? [404] : [204, 404], _ => answer.Status == 201 ? [409] : new[] { 201, 409 } });
        }
        Assert.InRange(cuts, 5, 200);
        await Checker.Prove(behind.Database, _journal, $"connection cut at each message of {verb}, {fate}", $"{cuts} resets");
    }

    async Task<Func<Task<Answer?>>> Prepare(string verb, string userName)
    {
        if (verb == "POST") return () => Post(userName);
        var path = $"Users/{(await Post(userName))!.Id}";
        if (verb == "POST again")
        {
            await Send(HttpMethod.Patch, path, new Wish(Active: false), Provider.Patch("""{"op":"replace","path":"active","value":false}"""));
            return () => Post(userName);
        }
        return verb switch
        {
            "PUT" => () => Send(HttpMethod.Put, path, new Wish(userName, "Countess"), $$"""{"userName":"{{userName}}","title":"Countess"}"""),
            "PATCH" => () => Send(HttpMethod.Patch, path, new Wish(Title: "Countess", Active: false), Provider.Patch("""{"op":"replace","value":{"title":"Countess","active":false}}""")),
            _ => () => Send(HttpMethod.Delete, path, new Wish(), null),
        };
    }

    Task<Answer?> Post(string userName) => Send(HttpMethod.Post, "Users", new Wish(userName, Active: true), $$"""{"userName":"{{userName}}"}""");

    async Task<Answer?> Send(HttpMethod verb, string path, Wish wish, string? body) => (await _provider.Send("client", verb, path, wish, body)).Answer;

    public ValueTask DisposeAsync()
    {
        behind.Proxy.FateOf = _ => Fate.Pass;
        _provider.Dispose();
        _organization.Dispose();
        return ValueTask.CompletedTask;
    }
}

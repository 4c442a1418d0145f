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
    [InlineData("DELETE member", Fate.CutBefore)]
    [InlineData("DELETE member", Fate.CutAfter)]
    [InlineData("POST group", Fate.CutBefore)]
    [InlineData("POST group", Fate.CutAfter)]
    [InlineData("PUT group", Fate.CutBefore)]
    [InlineData("PUT group", Fate.CutAfter)]
    [InlineData("PATCH group", Fate.CutBefore)]
    [InlineData("PATCH group", Fate.CutAfter)]
    [InlineData("DELETE group", Fate.CutBefore)]
    [InlineData("DELETE group", Fate.CutAfter)]
    internal async Task A_connection_cut_at_any_message_leaves_a_command_done_or_not_done(string verb, Fate fate)
    {
        // A run of every day takes each third message, others before it is carried out than after.
        var (cuts, step) = (0, TestRun.Of(3, 1));
        for (var n = TestRun.Of(fate == Fate.CutBefore ? 1 : 2, 1); ; n += step)
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
            Assert.Contains((await act())!.Status, verb.Split(' ')[0] switch { "PUT" or "PATCH" => [verb == "PATCH group" ? 204 : 200], "DELETE" => answer.Status == 204 ? [404] : [204, 404], _ => answer.Status == 201 ? [409] : new[] { 201, 409 } });
        }
        Assert.InRange(cuts, TestRun.Of(2, 5), 200);
        await Checker.Prove(behind.Database, _journal, $"connection cut at each message of {verb}, {fate}", $"{cuts} resets");
    }

    async Task<Func<Task<Answer?>>> Prepare(string verb, string userName)
    {
        if (verb == "POST") return () => Post(userName);
        if (verb.EndsWith("group", StringComparison.Ordinal) || verb == "DELETE member") return await PrepareGroup(verb, userName);
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

    // A person and a group in a group, which is in another.
    async Task<Func<Task<Answer?>>> PrepareGroup(string verb, string name)
    {
        Guid[] people = [Guid.Parse((await Post(name))!.Id), Guid.Parse((await Post("other-" + name))!.Id)];
        var inner = Guid.Parse((await PostGroup("inner " + name))!.Id);
        if (verb == "POST group") return () => PostGroup(name, people[0], inner);
        var group = Guid.Parse((await PostGroup(name, people[0], inner))!.Id);
        await PostGroup("outer " + name, group, people[0]);
        return verb switch
        {
            "PUT group" => () => Send(HttpMethod.Put, $"Groups/{group}", new GroupWish("new " + name, people[1], people[0]), TestOrganization.GroupBody("new " + name, $"{people[1]}", $"{inner}")),
            "PATCH group" => () => Send(HttpMethod.Patch, $"Groups/{group}", new GroupWish("new " + name, people[1], people[0]), Provider.Patch(
                $$"""{"op":"replace","path":"displayName","value":"new {{name}}"},{"op":"add","path":"members","value":[{"value":"{{people[1]}}"}] },{"op":"remove","path":"members[value eq \"{{people[0]}}\"]"}""")),
            "DELETE group" => () => Send(HttpMethod.Delete, $"Groups/{group}", new GroupWish(), null),
            _ => () => Send(HttpMethod.Delete, $"Users/{people[0]}", new Wish(), null),
        };
    }

    Task<Answer?> PostGroup(string name, params Guid[] members) => Send(HttpMethod.Post, "Groups", new GroupWish(name), TestOrganization.GroupBody(name, members.Select(m => m.ToString())));

    Task<Answer?> Post(string userName) => Send(HttpMethod.Post, "Users", new Wish(userName, Active: true), $$"""{"userName":"{{userName}}"}""");

    async Task<Answer?> Send(HttpMethod verb, string path, IWish wish, string? body) => (await _provider.Send("client", verb, path, wish, body)).Answer;

    public ValueTask DisposeAsync()
    {
        behind.Proxy.FateOf = _ => Fate.Pass;
        _provider.Dispose();
        _organization.Dispose();
        return ValueTask.CompletedTask;
    }
}

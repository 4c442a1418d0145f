using System.Diagnostics;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Faults;

/// <summary>What the service answers when the network between it and PostgreSQL loses a commit, its answer, or everything.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class LostReplies(BehindProxy behind) : IClassFixture<BehindProxy>, IAsyncLifetime
{
    readonly ChaosProxy _proxy = behind.Proxy;
    TestOrganization _organization = null!;

    public async ValueTask InitializeAsync()
    {
        _organization = await behind.Service.NewOrganization();
        await _organization.NewUser("warm@example.com"); // connections are open before one is cut
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_done_once_and_answered_as_done_or_unknown()
    {
        // Who looks before PostgreSQL has read the commit is told 503; it is done a moment later, and once.
        Once(Fate.CutAfter, m => m.IsCommit);
        Assert.Contains((await Post("ada@example.com")).Status, new[] { 201, 503 });
        await Until.True(async () => (await Find("ada@example.com")).Total == 1, "What was sent is not done.");
        var created = (await Find("ada@example.com")).Resources[0]["id"]!.AsString!;

        Once(Fate.CutAfter, m => m.IsCommit);
        Assert.Contains((await _organization.Patch($"Users/{created}", """[{"op":"replace","path":"title","value":"Countess"}]""")).Status, new[] { 200, 503 });
        await Until.True(async () => (await _organization.Get($"Users/{created}")).Body!["title"]?.AsString == "Countess", "What was sent is not done.");

        Once(Fate.CutAfter, m => m.IsCommit);
        Assert.Contains((await _organization.Delete($"Users/{created}")).Status, new[] { 204, 503 });
        await Until.True(async () => (await _organization.Get($"Users/{created}")).Status == 404, "What was sent is not done.");
        Assert.Equal(["user_provisioned", "user_attributes_changed", "user_deleted"], await _organization.Events(created));
    }

    [Fact]
    public async Task A_commit_that_never_arrives_is_503_and_nothing_is_stored()
    {
        var kept = await _organization.NewUser("kept@example.com");
        var before = await Events();

        Once(Fate.CutBefore, m => m.IsCommit);
        Assert.Equal(503, (await Post("ada@example.com")).Status);
        Once(Fate.CutBefore, m => m.IsCommit);
        Assert.Equal(503, (await _organization.Patch($"Users/{kept.Id}", """[{"op":"replace","path":"title","value":"Countess"}]""")).Status);
        Once(Fate.CutBefore, m => m.IsCommit);
        Assert.Equal(503, (await _organization.Delete($"Users/{kept.Id}")).Status);

        Assert.Equal(before, await Events());
        Assert.Equal(201, (await Post("ada@example.com")).Status);
        Assert.Equal(kept.ETag, (await _organization.Get($"Users/{kept.Id}")).ETag);
    }

    [Fact]
    public async Task A_black_hole_is_503_within_the_deadline_for_every_verb()
    {
        var kept = await _organization.NewUser("kept@example.com");
        var before = await Events();
        _proxy.Freeze();
        try
        {
            var answers = await Task.WhenAll(
                Timed(() => Post("ada@example.com")),
                Timed(() => _organization.Patch($"Users/{kept.Id}", """[{"op":"replace","path":"title","value":"Countess"}]""")),
                Timed(() => _organization.Get($"Users/{kept.Id}")),
                Timed(() => Find("kept@example.com")));
            Assert.All(answers, a => Assert.Equal(503, a.Answer.Status));
            Assert.All(answers, a => Assert.InRange(a.Took.TotalSeconds, 0, 3 * 5));
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", answers.Select(a => $"{a.Took.TotalSeconds:0.0} s")));
        }
        finally
        {
            _proxy.Thaw();
        }
        await Recovered();

        // What was held back may arrive after all: each change is done once or not at all.
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.InRange(await Events() - before, 0, 2);
        Assert.InRange((await Find("ada@example.com")).Total, 0, 1);
        Assert.InRange((await _organization.Events(kept.Id)).Count, 1, 2);
    }

    [Fact]
    public async Task While_the_database_is_away_only_what_cannot_be_a_token_is_401()
    {
        _proxy.Refuse();
        try
        {
            await Task.Delay(1100, TestContext.Current.CancellationToken); // what is known of the organization is good for a second
            using var unknown = new TestOrganization(behind.Service, _organization.Id, Scim.Domain.Organizations.TokenText.Of(new byte[32]));
            using var malformed = new TestOrganization(behind.Service, _organization.Id, _organization.Token[..^1] + (_organization.Token[^1] == '0' ? '1' : '0'));
            Assert.Equal(503, (await _organization.Get("Users")).Status);
            Assert.Equal(503, (await Post("ada@example.com")).Status);
            Assert.Equal(503, (await unknown.Get("Users")).Status);
            Assert.Equal(401, (await malformed.Get("Users")).Status);
        }
        finally
        {
            _proxy.Admit();
        }
        await Recovered();
    }

    void Once(Fate fate, Func<Message, bool> at)
    {
        var done = 0;
        _proxy.FateOf = m => at(m) && Interlocked.Exchange(ref done, 1) == 0 ? fate : Fate.Pass;
    }

    Task<Answer> Post(string userName) => _organization.Post("Users", $$"""{"userName":"{{userName}}"}""");

    Task<Answer> Find(string userName) => _organization.Get($"Users?filter=userName%20eq%20%22{userName}%22");

    async Task<long> Events() => (long)(await Sql.ScalarAsync(behind.Database.Owner, "select count(*) from history.mt_events where type <> 'tombstone'"))!;

    async Task Recovered()
    {
        var clock = Stopwatch.StartNew();
        while ((await _organization.Get("Users?count=1")).Status != 200) Assert.InRange(clock.Elapsed.TotalSeconds, 0, 30);
    }

    static async Task<(Answer Answer, TimeSpan Took)> Timed(Func<Task<Answer>> request)
    {
        var clock = Stopwatch.StartNew();
        return (await request(), clock.Elapsed);
    }

    public ValueTask DisposeAsync()
    {
        _proxy.FateOf = _ => Fate.Pass;
        _organization.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A service that reaches its database only through a proxy.</summary>
public sealed class BehindProxy(OwnCluster cluster) : IAsyncLifetime
{
    internal OwnDatabase Database { get; private set; } = null!;

    internal ChaosProxy Proxy { get; private set; } = null!;

    internal TestService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await cluster.NewDatabase();
        Proxy = new ChaosProxy(Database.Login);
        // Without the log, which is written in between and would be counted.
        Service = await OwnDatabase.Start(new(Database.Settings(Proxy.ConnectionString)) { ["RequestLog:Enabled"] = "false", ["Positions:Enabled"] = "false" });
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Proxy.DisposeAsync();
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>PostgreSQL goes away under concurrent writes and comes back: nothing acknowledged is lost, nothing is there twice.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class DatabaseOutages(OwnCluster cluster)
{
    [Theory]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task Writers_see_503_while_it_is_away_and_the_service_recovers_by_itself(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are Unix's.");
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var organization = await service.NewOrganization();
        await organization.NewUser("warm@example.com");

        var journal = new ConcurrentQueue<Noted>();
        using var enough = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var writers = Enumerable.Range(0, 8).Select(w => Write(organization, w, journal, clock, enough.Token)).ToArray();
        await Until(() => journal.Count(e => e.Status == 201) >= 2 * writers.Length, clock, "Not every writer was served.");
        await cluster.Kill(signal);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        await cluster.Start();
        var up = clock.Elapsed;
        await Until(() => journal.Where(e => e.At > up && e.Status < 300).Select(e => e.Writer).Distinct().Count() == writers.Length, clock, "Not every writer was served again.");
        var recovered = clock.Elapsed - up;
        await enough.CancelAsync();
        await Task.WhenAll(writers);

        Assert.All(journal, e => Assert.Contains(e.Status, new[] { 201, 200, 503 }));
        Assert.All(journal.Where(e => e.Status == 503), e => Assert.InRange(e.Took.TotalSeconds, 0, 3 * 2));
        Assert.Contains(journal, e => e.Status == 503);
        Checker.AssertNone(Checker.Check(await StoredRows.Read(database.Superuser), Checker.OwnMasterKey, service.Journal));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{journal.Count(e => e.Status < 300)} done, {journal.Count(e => e.Status == 503)} times 503, the longest {journal.Where(e => e.Status == 503).Max(e => e.Took).TotalMilliseconds:0} ms, all served again after {recovered.TotalMilliseconds:0} ms");
    }

    static async Task Until(Func<bool> condition, Stopwatch clock, string otherwise)
    {
        for (var from = clock.Elapsed; !condition(); await Task.Delay(20, TestContext.Current.CancellationToken))
            Assert.True(clock.Elapsed - from < TimeSpan.FromSeconds(3 * 10), otherwise);
    }

    static async Task Write(TestOrganization organization, int writer, ConcurrentQueue<Noted> journal, Stopwatch clock, CancellationToken enough)
    {
        for (var n = 0; !enough.IsCancellationRequested; n++)
        {
            var userName = $"person-{writer}-{n}@example.com";
            var created = await Note(() => organization.Post("Users", $$"""{"userName":"{{userName}}"}"""));
            if (created.Status != 201) continue;
            await Note(() => organization.Patch($"Users/{created.Id}", """[{"op":"replace","path":"active","value":false}]"""));
        }

        async Task<Answer> Note(Func<Task<Answer>> request)
        {
            var before = clock.Elapsed;
            var answer = await request();
            journal.Enqueue(new Noted(writer, answer.Status, before, clock.Elapsed - before));
            if (answer.Status == 503) await Task.Delay(50, TestContext.Current.CancellationToken);
            return answer;
        }
    }

    sealed record Noted(int Writer, int Status, TimeSpan At, TimeSpan Took);
}

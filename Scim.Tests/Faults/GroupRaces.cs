using System.Diagnostics;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>Writers at the same group, and deletions of those who are in many: nothing is lost, and nobody is left behind.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class GroupRaces(OwnCluster cluster) : IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    OwnDatabase _database = null!;
    TestService _service = null!;
    TestOrganization _organization = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.NewDatabase();
        _service = await OwnDatabase.Start(_database.Settings());
        _organization = await _service.NewOrganization();
    }

    [Fact]
    public async Task Forty_adds_to_one_group_are_all_done_while_few_hold_a_connection()
    {
        var group = (await _organization.NewGroup("Tours")).Id;
        var people = await _organization.NewUsers(40);
        using var enough = new CancellationTokenSource();
        var watching = Task.Run(() => MostAtWork(enough.Token), Ct);
        var clock = Stopwatch.StartNew();
        var answers = await Races.AtOnce(40, n => _organization.Join(group, people[n]));
        var took = clock.Elapsed;
        await enough.CancelAsync();

        Assert.All(answers, a => Assert.Equal(204, a.Status));
        Assert.Equal(Enumerable.Range(2, 40).Select(v => $"W/\"{v}\""), answers.Select(a => a.ETag!).OrderBy(Entry.VersionOf));
        Assert.Equal(people.Order(StringComparer.Ordinal), (await _organization.Get($"Groups/{group}")).Members);
        var most = await watching;
        TestRun.Print($"40 adds at once: {took.TotalMilliseconds:0} ms, at most {most} connections at its stream");
        Assert.InRange(most, 1, Turns.PerStream);
    }

    [Fact]
    public async Task Of_adds_that_name_one_version_in_If_Match_one_is_first_and_the_others_are_412()
    {
        var group = await _organization.NewGroup("Tours");
        var people = await _organization.NewUsers(10);
        var answers = await Races.AtOnce(10, n => _organization.Patch($"Groups/{group.Id}", $$"""[{"op":"add","path":"members","value":[{"value":"{{people[n]}}"}]}]""", group.ETag));
        Assert.Single(answers, a => a.Status == 204);
        Assert.Equal(9, answers.Count(a => a.Status == 412));
        Assert.Single((await _organization.Get($"Groups/{group.Id}")).Members);
    }

    [Fact]
    public async Task Two_groups_in_each_other_that_are_deleted_at_once_are_both_gone()
    {
        for (var round = 0; round < 8; round++)
        {
            string[] ids = [(await _organization.NewGroup($"A{round}")).Id, (await _organization.NewGroup($"B{round}")).Id];
            await _organization.Join(ids[0], ids[1]);
            await _organization.Join(ids[1], ids[0]);
            var answers = await Races.AtOnce(2, n => _organization.Delete($"Groups/{ids[n]}"));
            Assert.All(answers, a => Assert.Equal(204, a.Status));
        }
        Assert.Equal(0, (await _organization.Get("Groups")).Total);
        Assert.Equal(0L, await _service.Sql("select count(*) from directory.group_member"));
    }

    [Fact]
    public async Task Whoever_is_added_and_deleted_at_once_is_nowhere()
    {
        var group = (await _organization.NewGroup("Tours", await _organization.NewUsers(1))).Id;
        for (var round = 0; round < 15; round++)
        {
            var person = (await _organization.NewUser($"leaver{round}")).Id;
            var inner = (await _organization.NewGroup($"Inner{round}")).Id;
            var answers = await Races.AtOnce(4, n => n switch
            {
                0 => _organization.Join(group, person),
                1 => _organization.Delete($"Users/{person}"),
                2 => _organization.Join(group, inner),
                _ => _organization.Delete($"Groups/{inner}"),
            });
            Assert.All(answers, (a, n) => Assert.Contains(a.Status, n % 2 == 0 ? [204, 400] : new[] { 204 }));
        }
        Assert.Single((await _organization.Get($"Groups/{group}")).Members);
    }

    [Fact]
    public async Task Who_is_in_1500_groups_is_deleted_within_the_deadline_with_one_event_a_group()
    {
        const int count = 1500;
        var (person, other) = ((await _organization.NewUser("everywhere")).Id, (await _organization.NewUser("other")).Id);
        await Races.FewAtOnce(count, n => _organization.NewGroup($"group {n}", person, other));
        var clock = Stopwatch.StartNew();
        var read = await _organization.Get($"Users/{person}");
        var reading = clock.Elapsed;
        Assert.Equal(count, read.Groups.Count);

        clock.Restart();
        var deleted = await _organization.Delete($"Users/{person}");
        TestRun.Print($"a person in {count} groups: read in {reading.TotalMilliseconds:0} ms, deleted in {clock.ElapsedMilliseconds} ms");
        Assert.Equal(204, deleted.Status);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3 * 5);
        Assert.Equal((long)count, await _service.Sql("select count(*) from history.mt_events where type = 'group_members_removed'"));
        Assert.Equal(1L + count, await _service.Sql("select count(*) from history.commit_log where command_id = (select command_id from history.commit_log where stream_id = $1 order by ord desc limit 1)", Guid.Parse(person)));
        Assert.Equal((long)count, await _service.Sql("select count(*) from directory.group_member"));

        // Where each group takes its time, what is large has longer than others; else it could never be done.
        await _service.Sql("create function directory.slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.004); return new; end $$");
        await _service.Sql("create trigger slow before update on directory.mt_doc_group for each row execute function directory.slow()");
        clock.Restart();
        Assert.Equal(204, (await _organization.Delete($"Users/{other}")).Status);
        TestRun.Print($"the same where each group takes 4 ms more: {clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task Twenty_clients_at_a_group_of_thousands_while_people_leave_end_in_the_exact_set()
    {
        var (size, clients, rounds) = (TestRun.Of(3_000, 10_000), 20, TestRun.Of(4, 10));
        var members = await Imported(size);
        var others = await Imported(clients * rounds);
        var group = await _organization.NewGroup("Everybody", members);
        var clock = Stopwatch.StartNew();
        // Each has members of its own: one leaves, another comes, a third is deleted, in any order with the others.
        var answers = (await Races.AtOnce(clients, async client =>
        {
            var seen = new List<(Answer Answer, TimeSpan Took)>();
            for (var round = 0; round < rounds; round++)
            {
                var at = client * rounds + round;
                foreach (var act in new Func<Task<Answer>>[]
                {
                    () => _organization.Leave(group.Id, members[at]),
                    () => _organization.Join(group.Id, others[at]),
                    () => _organization.Delete($"Users/{members[size / 2 + at]}"),
                })
                {
                    for (var attempt = 0; attempt < 30; attempt++)
                    {
                        var one = Stopwatch.StartNew();
                        var answer = await act();
                        seen.Add((answer, one.Elapsed));
                        if (answer.Status != 503) break;
                        await Task.Delay(100, Ct);
                    }
                }
            }
            return seen;
        })).SelectMany(s => s).ToArray();
        TestRun.Print($"{clients} clients at a group of {size}: {answers.Length} requests in {clock.Elapsed.TotalSeconds:0.0} s, {answers.Count(a => a.Answer.Status == 503)} of them 503, the slowest {answers.Max(a => a.Took).TotalMilliseconds:0} ms");

        Assert.All(answers, a => Assert.Contains(a.Answer.Status, new[] { 204, 503 }));
        var gone = members.Take(clients * rounds).Concat(members.Skip(size / 2).Take(clients * rounds));
        var expected = members.Except(gone).Concat(others).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, (await _organization.Get($"Groups/{group.Id}")).Members);
        // What an event takes is what changed, however large the group is.
        Assert.InRange((int)(await _service.Sql("select max(length(bdata)) from history.mt_events where stream_id = $1 and version > $2", Guid.Parse(group.Id), 1L + (size + 999) / 1000))!, 1, 600);

        clock.Restart();
        Assert.Equal(204, (await _organization.Patch($"Groups/{group.Id}", """[{"op":"remove","path":"members"}]""")).Status);
        TestRun.Print($"{expected.Length} members removed at once: {clock.ElapsedMilliseconds} ms");
        Assert.Empty((await _organization.Get($"Groups/{group.Id}")).Members);
    }

    [Fact]
    public async Task Rows_of_members_are_the_fold_after_any_operations_at_once()
    {
        for (var run = 0; run < TestRun.Of(3, 20); run++)
        {
            var seed = TestRun.Seed + run;
            var people = await _organization.NewUsers(6, $"run{run}-");
            var groups = new List<string>();
            for (var n = 0; n < 4; n++) groups.Add((await _organization.NewGroup($"run{run} {n}")).Id);
            var answers = await Races.AtOnce(8, async writer =>
            {
                var (random, seen) = (new Random(seed * 100 + writer), new List<int>());
                for (var n = 0; n < 15; n++)
                {
                    var (group, some) = (groups[random.Next(4)], people.Concat(groups).OrderBy(_ => random.Next()).Take(random.Next(1, 4)).ToArray());
                    seen.Add((await (random.Next(20) switch
                    {
                        < 7 => _organization.Join(group, some),
                        < 12 => _organization.Leave(group, some[0]),
                        < 14 => _organization.Put($"Groups/{group}", TestOrganization.GroupBody($"run{run} {random.Next(6)}", some)),
                        < 16 => _organization.Patch($"Groups/{group}", $$"""[{"op":"replace","path":"displayName","value":"run{{run}} {{random.Next(6)}}"},{"op":"replace","path":"members","value":[{{TestOrganization.Values(some)}}]}]"""),
                        16 => _organization.Patch($"Groups/{group}", """[{"op":"remove","path":"members"}]"""),
                        17 => _organization.Delete($"Users/{people[random.Next(6)]}"),
                        18 => _organization.Delete($"Groups/{groups[random.Next(4)]}"),
                        _ => _organization.Get($"Groups/{group}"),
                    })).Status);
                }
                return seen;
            });
            Assert.All(answers.SelectMany(a => a), s => Assert.Contains(s, new[] { 200, 204, 400, 404, 409, 503 }));
            TestRun.Print($"seed {seed}: {string.Join(", ", answers.SelectMany(a => a).CountBy(s => s).OrderBy(s => s.Key).Select(s => $"{s.Value} × {s.Key}"))}");
            Checker.AssertNone(Checker.Check(await StoredRows.Read(_database.Superuser), Checker.OwnMasterKey, _service.Journal));
        }
    }

    Task<string[]> Imported(int count) => _organization.NewUsers(count, $"{Guid.NewGuid():N}-");

    // Those who are in a transaction at a moment; the operator's own connection is none of them.
    async Task<int> MostAtWork(CancellationToken enough)
    {
        await using var source = NpgsqlDataSource.Create(_database.Superuser);
        await using var command = source.CreateCommand("select count(distinct pid)::int from pg_locks where relation = 'history.mt_streams'::regclass and mode = 'RowShareLock'");
        var most = 0;
        while (!enough.IsCancellationRequested) most = Math.Max(most, (int)(await command.ExecuteScalarAsync(Ct))!);
        return most;
    }

    public async ValueTask DisposeAsync()
    {
        _organization.Dispose();
        await _service.DisposeAsync();
    }
}

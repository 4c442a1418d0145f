using System.Collections.Concurrent;
using Scim.Tests.Faults;

namespace Scim.Tests.Replay;

/// <summary>While writers write: what is read is of one moment, and what is put right is put right where it stands.</summary>
public sealed class ReplayUnderLoad(TestService service)
{
    const int Writers = 6;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_put_right_under_six_writers_and_no_reader_misses_anybody()
    {
        using var organization = await service.NewOrganization();
        var people = await Races.AtOnce(Writers, async n => (await organization.NewUser($"person{n}", $$""","displayName":"Person {{n}}","title":"Guide" """)).Id);
        var groups = await Races.AtOnce(Writers, async n => (await organization.NewGroup($"Team {n}", people[n], people[(n + 1) % Writers])).Id);
        await Positions.Settled(service, organization.Id);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var missed = new ConcurrentBag<string>();
        var writers = Enumerable.Range(0, Writers).Select(n => Task.Run(() => Write(organization, people[n], groups[n], people[(n + 1) % Writers], stop.Token), Ct)).ToArray();
        var reader = Task.Run(() => Read(organization, people, groups, missed, stop.Token), Ct);
        long found = 0;
        for (var round = 0; round < 3; round++)
        {
            // Of each table something; a membership that nobody writes to.
            foreach (var damage in new[]
            {
                """update directory.mt_doc_user set data = jsonb_set(data, '{resource,nickName}', '"Queen"'), user_name_key = user_name_key || '-', display_name_key = 'x' where tenant_id = '{o}'""",
                "update directory.mt_doc_group set external_id = 'x' where tenant_id = '{o}'",
                "delete from directory.group_member where group_id = '{g}' and member_id = '{m}'",
                "delete from directory.known_as where tenant_id = '{o}' and value like 'person%'",
                "update directory.user_version set external_id = 'x' where tenant_id = '{o}'",
                "update directory.timeline set actor = 'nobody' where tenant_id = '{o}' and version = 1",
            })
                await service.Sql(damage.Replace("{o}", organization.Id.ToString("D"), StringComparison.Ordinal).Replace("{g}", groups[0], StringComparison.Ordinal).Replace("{m}", people[0], StringComparison.Ordinal));
            var (run, all) = await Replays.Of(service, organization.Id, repair: true, streams: 3);
            Assert.True(run.Found > 0);
            Assert.True(run.IsIdentical, string.Join('\n', all.Where(d => !d.Repaired)));
            found += run.Found;
        }
        await stop.CancelAsync();
        await Task.WhenAll([.. writers, reader]);

        Assert.True(found > 50, $"{found} differences were found.");
        Assert.True(missed.IsEmpty, $"{missed.Count} reads missed somebody, such as {missed.FirstOrDefault()}");
        await Replays.Identical(service, organization.Id);
    }

    [Fact]
    public async Task Nothing_differs_while_writers_write()
    {
        using var organization = await service.NewOrganization();
        var people = await Races.AtOnce(Writers, async n => (await organization.NewUser($"person{n}")).Id);
        var groups = await Races.AtOnce(Writers, async n => (await organization.NewGroup($"Team {n}", people[n])).Id);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var writers = Enumerable.Range(0, Writers).Select(n => Task.Run(() => Write(organization, people[n], groups[n], people[(n + 1) % Writers], stop.Token), Ct)).ToArray();
        for (var round = 0; round < 20; round++)
        {
            var (_, found) = await Replays.Of(service, organization.Id, streams: 4);
            Assert.True(found.Count == 0, string.Join('\n', found));
        }
        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    static async Task Write(TestOrganization organization, string person, string group, string other, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var answer = (n % 4) switch
            {
                0 => await organization.Patch($"Users/{person}", $$"""[{"op":"replace","path":"title","value":"Title {{n}}"}]"""),
                1 => await organization.Leave(group, other),
                2 => await organization.Patch($"Users/{person}", $$"""[{"op":"replace","path":"active","value":{{(n % 8 == 2 ? "false" : "true")}}}]"""),
                _ => await organization.Join(group, other),
            };
            Assert.InRange(answer.Status, 200, 299);
        }
    }

    static async Task Read(TestOrganization organization, string[] people, string[] groups, ConcurrentBag<string> missed, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var path in people.Select(p => $"Users/{p}").Concat(groups.Select(g => $"Groups/{g}")))
                if (await organization.Get(path) is { Status: not 200 } answer) missed.Add($"{path}: {answer.Status}");
            foreach (var (path, count) in new[] { ("Users?count=0", people.Length), ("Groups?count=0", groups.Length), ("Users?filter=userName sw \"person\"", people.Length) })
                if (await organization.Get(path) is var answer && (answer.Status != 200 || answer.Total != count)) missed.Add($"{path}: {answer.Text}");
        }
    }
}

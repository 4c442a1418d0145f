using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Scim.Tests.Faults;

namespace Scim.Tests.Replay;

/// <summary>What the directory was is what SCIM answered then, byte by byte: answers are recorded under load, and asked for again later.</summary>
public sealed class AsOf(TestService service)
{
    static readonly int Answers = TestRun.Of(1_000, 10_000);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_resource_is_what_was_answered_then_and_so_is_a_list_of_a_quiet_moment()
    {
        using var organization = await service.NewOrganization();
        var recorded = new ConcurrentBag<Recorded>();
        for (var round = 0; recorded.Count < Answers; round++)
        {
            await Races.AtOnce(6, async writer =>
            {
                await new Family(organization, recorded, new Random(TestRun.Seed + (100 * round) + writer)).Live(8);
                return true;
            });
            // Nobody writes now.
            var last = await Positions.Settled(service, organization.Id);
            foreach (var list in new[] { "Users", "Users?count=5&startIndex=3", "Users?filter=active eq false", "Users?filter=groups.display co \"team\"&sortBy=userName", "Users?sortBy=name.familyName&sortOrder=descending&count=20",
                "Users?filter=userName sw \"person\"&attributes=userName,groups", "Groups?count=7", "Groups?excludedAttributes=members&sortBy=displayName", "Groups?filter=members.type eq \"Group\"", "Users?count=0" })
                await Record(organization, recorded, list, () => last);
        }

        var positions = await Positions.OfRequests(service, organization.Id);
        var different = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(recorded, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct }, async (then, ct) =>
        {
            var position = then.Position ?? positions[then.Request!.Value];
            using var again = await service.Operator.GetAsync($"/api/organizations/{organization.Id}/directory/{then.Path}{(then.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}position={position}", ct);
            var text = await again.Content.ReadAsStringAsync(ct);
            if (again.StatusCode != then.Status || (then.Status == HttpStatusCode.OK && (text != then.Text || again.Headers.ETag?.ToString() != then.ETag)))
                different.Add($"{then.Path} at {position}: {(int)then.Status} {then.ETag} {then.Text}\nnow {(int)again.StatusCode} {again.Headers.ETag} {text}");
            else Assert.True(again.StatusCode != HttpStatusCode.OK || again.Headers.GetValues("Scim-Position").Single() == $"1.{position.ToString(CultureInfo.InvariantCulture)}");
        });
        Assert.True(different.IsEmpty, $"{different.Count} of {recorded.Count} answers differ, such as\n{different.FirstOrDefault()}");
    }

    [Fact]
    public async Task Before_the_first_event_the_directory_was_empty_and_of_the_future_nothing_is_said()
    {
        using var organization = await service.NewOrganization();
        await organization.NewUser("ada");
        var directory = $"/api/organizations/{organization.Id}/directory/Users";
        Assert.Contains("\"totalResults\":0", await service.Operator.GetStringAsync($"{directory}?at=2020-01-01T00:00:00Z", Ct), StringComparison.Ordinal);
        Assert.Contains("\"totalResults\":0", await service.Operator.GetStringAsync($"{directory}?position=0", Ct), StringComparison.Ordinal);
        Assert.Contains("\"totalResults\":1", await service.Operator.GetStringAsync(directory, Ct), StringComparison.Ordinal);
        foreach (var (asked, said) in new[] { ("at=2099-01-01T00:00:00Z", "future"), ("at=yesterday", "instant"), ("at=2026-03-03", "instant"), ("at=2026-03-03T14:00:00", "zone"), ("position=-1", "position"), ("position=999999", "future"), ("position=7.1", "restore"), ("position=1&at=2020-01-01T00:00:00Z", "both") })
        {
            using var refused = await service.Operator.GetAsync($"{directory}?{asked}", Ct);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(said, await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    static async Task Record(TestOrganization organization, ConcurrentBag<Recorded> recorded, string path, Func<long> position)
    {
        var answer = await organization.Get(path);
        Assert.Equal(200, answer.Status);
        recorded.Add(new(path, null, position(), HttpStatusCode.OK, answer.ETag, answer.Text));
    }

    sealed record Recorded(string Path, Guid? Request, long? Position, HttpStatusCode Status, string? ETag, string Text);

    /// <summary>A few people and groups that only one writer touches, so that each answer is of its last write.</summary>
    sealed class Family(TestOrganization organization, ConcurrentBag<Recorded> recorded, Random random)
    {
        readonly List<string> _people = [], _groups = [];
        readonly string _name = $"person{random.Next():x}";
        Guid _last;

        internal async Task Live(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                await Write(step);
                foreach (var person in _people) await Read($"Users/{person}");
                foreach (var group in _groups) await Read($"Groups/{group}");
                if (_groups.Count > 0) await Read($"Groups/{_groups[0]}?excludedAttributes=members");
            }
        }

        async Task Write(int step)
        {
            var answer = step switch
            {
                0 => await organization.Post("Users", $$"""{"userName":"{{_name}}","displayName":"Bärbel {{_name}}","name":{"givenName":"B","familyName":"J{{random.Next(9)}}"},"emails":[{"value":"{{_name}}@example.com","primary":true}]}"""),
                1 => await organization.Post("Users", $$$"""{"userName":"{{{_name}}}-2","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"{{{_people[0]}}}"},"department":"R&D"}}"""),
                2 => await organization.Post("Groups", TestOrganization.GroupBody($"Team {_name}", _people)),
                3 => await organization.Post("Groups", TestOrganization.GroupBody($"Above {_name}", _groups)),
                _ => await Change(),
            };
            Assert.InRange(answer.Status, 200, 299);
            _last = Guid.Parse(answer.Headers["X-Request-Id"]);
            if (step is 0 or 1) _people.Add(answer.Id);
            if (step is 2 or 3) _groups.Add(answer.Id);
            if (answer.Status is 200 or 201) recorded.Add(new($"{(step is 2 or 3 ? "Groups" : "Users")}/{answer.Id}", _last, null, HttpStatusCode.OK, answer.ETag, answer.Text));
        }

        async Task<Answer> Change()
        {
            var person = _people[random.Next(_people.Count)];
            switch (random.Next(6))
            {
                case 0: return await organization.Patch($"Users/{person}", $$"""[{"op":"replace","path":"displayName","value":"Name {{random.Next()}}"}]""");
                case 1: return await organization.Patch($"Users/{person}", $$"""[{"op":"replace","path":"active","value":{{(random.Next(2) == 0 ? "false" : "true")}}},{"op":"replace","path":"title","value":"T{{random.Next()}}"}]""");
                case 2: return await organization.Patch($"Groups/{_groups[0]}", $$"""[{"op":"replace","path":"displayName","value":"Team {{_name}} {{random.Next()}}"}]""");
                case 3:
                    await organization.Leave(_groups[0], _people[^1]);
                    return await organization.Put($"Users/{person}", $$"""{"userName":"{{_name}}-{{_people.IndexOf(person)}}","title":"R{{random.Next()}}","active":true}""");
                case 4 when _people.Count > 1:
                    var gone = _people[^1];
                    _people.RemoveAt(_people.Count - 1);
                    var deleted = await organization.Delete($"Users/{gone}");
                    return deleted;
                default: return await organization.Patch($"Users/{person}", $$"""[{"op":"add","path":"phoneNumbers","value":[{"type":"work","value":"+1 {{random.Next(1000, 9999)}}"}]}]""");
            }
        }

        async Task Read(string path)
        {
            var answer = await organization.Get(path);
            recorded.Add(new(path, _last, null, (HttpStatusCode)answer.Status, answer.ETag, answer.Text));
        }
    }
}

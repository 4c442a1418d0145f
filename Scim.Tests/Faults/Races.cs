using System.Diagnostics;
using Scim.Domain.Protocol;

namespace Scim.Tests.Faults;

/// <summary>Writers at the same person or the same name at once: one order of them all explains every answer.</summary>
public sealed class Races(TestService service)
{
    [Fact]
    public async Task Twenty_posts_of_one_name_in_other_case_and_width_make_one_person()
    {
        using var organization = await service.NewOrganization();
        string[] spellings = ["ada@example.com", "ADA@EXAMPLE.COM", "Ada@Example.com", "ａｄａ@example.com", "ＡＤＡ@Ｅxample.com"];
        Assert.Single(spellings.Select(CanonicalKey.OfUserName).Distinct());

        var answers = await AtOnce(20, n => organization.Post("Users", $$"""{"userName":"{{spellings[n % spellings.Length]}}"}"""));

        var created = Assert.Single(answers, a => a.Status == 201);
        Assert.Equal(19, answers.Count(a => (a.Status, a.ScimType) == (409, "uniqueness")));
        Assert.Equal(["user_provisioned"], await organization.Events(created.Id));
        var tenant = organization.Id.ToString("D");
        Assert.Equal(1L, await service.Sql("select count(*) from history.mt_events where tenant_id = $1 and type like 'user%'", tenant));
        Assert.Equal(1L, await service.Sql("select count(*) from history.person_key where tenant_id = $1", tenant));
        Assert.Equal(1L, await service.Sql("select count(*) from directory.mt_doc_user where tenant_id = $1", tenant));
    }

    [Fact]
    public async Task Forty_patches_of_one_person_are_all_done_one_after_the_other()
    {
        using var organization = await service.NewOrganization();
        var id = (await organization.NewUser("ada@example.com")).Id;

        var answers = await AtOnce(40, n => organization.Patch($"Users/{id}", $$"""[{"op":"add","path":"emails","value":[{"value":"ada{{n}}@example.com","type":"work"}]}]"""));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Equal(Enumerable.Range(2, 40), answers.Select(Version).Order());
        var after = await organization.Get($"Users/{id}");
        Assert.Equal(41, Version(after));
        Assert.All(Enumerable.Range(0, 40), n => Assert.Contains($"\"ada{n}@example.com\"", after.Text, StringComparison.Ordinal));
        Assert.Equal(41, (await organization.Events(id)).Count);
    }

    [Fact]
    public async Task Of_those_who_name_one_version_in_If_Match_one_is_first_and_the_others_are_412()
    {
        using var organization = await service.NewOrganization();
        var person = await organization.NewUser("ada@example.com");

        var answers = await AtOnce(10, n => organization.Patch($"Users/{person.Id}", $$"""[{"op":"replace","path":"title","value":"{{n}}"}]""", person.ETag));

        var winner = Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(9, answers.Count(a => a.Status == 412));
        Assert.Equal(winner.Body!["title"], (await organization.Get($"Users/{person.Id}")).Body!["title"]);
        Assert.Equal(2, (await organization.Events(person.Id)).Count);
    }

    [Fact]
    public async Task Renames_that_cross_end_within_the_deadline()
    {
        using var organization = await service.NewOrganization();
        string[] ids = [(await organization.NewUser("a")).Id, (await organization.NewUser("b")).Id];
        for (var round = 0; round < 10; round++)
        {
            // One frees a name while the other takes it, and the other way round.
            var clock = Stopwatch.StartNew();
            var answers = await AtOnce(6, n => organization.Patch($"Users/{ids[n % 2]}", $$"""[{"op":"replace","path":"userName","value":"{{"abc"[(n + round) % 3]}}"}]"""));
            Assert.All(answers, a => Assert.Contains((a.Status, a.ScimType), new[] { (200, null), (409, "uniqueness") }));
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3 * 5);
        }
        Assert.Equal(2, (await organization.Get("Users")).Resources.Select(r => r["userName"]!.AsString).Distinct().Count());
    }

    [Fact]
    public async Task Posts_deletions_deactivations_and_returns_on_few_names_never_fail()
    {
        using var organization = await service.NewOrganization();
        var statuses = await AtOnce(8, async writer =>
        {
            var (random, seen) = (new Random(writer), new List<int>());
            for (var n = 0; n < 25; n++)
            {
                var (name, other) = (random.Next(4), random.Next(4));
                var found = (await organization.Get($"Users?filter=userName%20eq%20%22name{name}%22")).Resources;
                var id = found.Count == 0 ? Guid.Empty.ToString() : found[0]["id"]!.AsString;
                var answer = await (random.Next(found.Count == 0 ? 1 : 5) switch
                {
                    0 => organization.Post("Users", $$"""{"userName":"name{{name}}","externalId":"id{{other}}","active":true}"""),
                    1 => organization.Delete($"Users/{id}"),
                    2 => organization.Patch($"Users/{id}", """[{"op":"replace","path":"active","value":false}]"""),
                    3 => organization.Patch($"Users/{id}", $$"""[{"op":"replace","path":"externalId","value":"id{{other}}"}]"""),
                    _ => organization.Patch($"Users/{id}", $$"""[{"op":"replace","path":"userName","value":"name{{other}}"}]"""),
                });
                seen.Add(answer.Status);
            }
            return seen;
        });

        Assert.All(statuses.SelectMany(s => s), s => Assert.Contains(s, new[] { 200, 201, 204, 404, 409, 503 }));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.SelectMany(s => s).CountBy(s => s)));
    }

    /// <summary>Starts all before any is waited for.</summary>
    internal static Task<T[]> AtOnce<T>(int count, Func<int, Task<T>> request) => Task.WhenAll(Enumerable.Range(0, count).Select(n => Task.Run(() => request(n))));

    /// <summary>What prepares a test and is none of it: a few at a time, so that nobody waits past the deadline of the store.</summary>
    internal static async Task<T[]> FewAtOnce<T>(int count, Func<int, Task<T>> request)
    {
        var results = new T[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, _) => results[n] = await request(n));
        return results;
    }

    static int Version(Answer answer) => int.Parse(answer.ETag![3..answer.ETag!.IndexOf('-', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
}

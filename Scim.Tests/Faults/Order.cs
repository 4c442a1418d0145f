using Npgsql;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Users;

namespace Scim.Tests.Faults;

/// <summary>The order that every reader of the whole history will see: commands by the number that their commit took last.</summary>
public sealed class Order(TestService service)
{
    [Fact]
    public async Task Read_by_commit_number_the_history_never_puts_an_effect_before_its_cause()
    {
        using var organization = await service.NewOrganization();
        await Races.AtOnce(8, async writer =>
        {
            var random = new Random(writer);
            for (var n = 0; n < 40; n++)
            {
                var created = await organization.Post("Users", $$"""{"userName":"name{{random.Next(6)}}"}""");
                if (created.Status != 201) continue;
                await organization.Patch($"Users/{created.Id}", $$"""[{"op":"replace","path":"userName","value":"name{{random.Next(6)}}"}]""");
                await organization.Delete($"Users/{created.Id}");
            }
            return true;
        });

        var commits = await Commits(organization.Id);
        var events = await service.Get<HistoryReader>().Organization(organization.Id, TestContext.Current.CancellationToken);
        Assert.True(events.Count > 100, $"Only {events.Count} events: the writers were in each other's way too much.");

        // Every event is of exactly one commit, whose row says from where to where.
        var covered = commits.SelectMany(c => Range(c.From, c.To).Select(v => (c.Stream, v))).ToArray();
        Assert.Equal(covered.Length, covered.Distinct().Count());
        Assert.Equal(events.Select(e => (e.Stored.StreamId, e.Stored.Version)).Order(), covered.Order());

        var byPlace = events.ToDictionary(e => (e.Stored.StreamId, e.Stored.Version));
        var versions = new Dictionary<Guid, long>();
        var people = new Dictionary<Guid, User>();
        var holders = new Dictionary<string, Guid>();
        foreach (var command in commits.GroupBy(c => c.Command).OrderBy(g => g.Min(c => c.Ord)))
        {
            foreach (var commit in command.OrderBy(c => c.Stream))
                foreach (var version in Range(commit.From, commit.To))
                {
                    Assert.Equal(versions.GetValueOrDefault(commit.Stream) + 1, version);
                    versions[commit.Stream] = version;
                    if (byPlace[(commit.Stream, version)] is { Event: UserEvent e, Fact: var fact }) Live(User.Fold(people.GetValueOrDefault(commit.Stream), e, fact), commit.Stream);
                }
        }
        Assert.Equal(events.Count, versions.Values.Sum());

        void Live(User? person, Guid id)
        {
            if (people.Remove(id, out var before) && before.UserNameKey is { } left) holders.Remove(left);
            if (person is null) return;
            people[id] = person;
            if (person.UserNameKey is { } key) Assert.True(holders.TryAdd(key, id), $"Two live people hold {key} after version {versions[id]} of {id}.");
        }
    }

    [Fact]
    public async Task Commit_numbers_are_given_out_one_by_one() =>
        Assert.Equal(1L, await service.Sql("select cache_size from pg_sequences where schemaname = 'history' and sequencename = 'commit_ord'"));

    async Task<IReadOnlyList<Commit>> Commits(Guid organization)
    {
        await using var source = NpgsqlDataSource.Create(service.OwnerConnectionString);
        await using var command = source.CreateCommand("select command_id, stream_id, from_version, to_version, ord from history.commit_log where tenant_id = $1");
        command.Parameters.Add(new() { Value = organization.ToString("D") });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var commits = new List<Commit>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            commits.Add(new(reader.GetGuid(0), reader.GetGuid(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)));
        return commits;
    }

    static IEnumerable<long> Range(long from, long to)
    {
        for (var version = from; version <= to; version++) yield return version;
    }

    sealed record Commit(Guid Command, Guid Stream, long From, long To, long Ord);
}

using Scim.Api.Access;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.CommandCenter.People;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Demo;

/// <summary>How far a demonstration has come.</summary>
/// <param name="Day">The day of the story, from 1.</param>
internal sealed record DemoProgress(int Day, int Days, int People, int Requests);

/// <summary>What was made.</summary>
/// <param name="Token">The live token's text; nowhere else.</param>
internal sealed record DemoMade(Organization Organization, string Token, int People, int Groups, int Requests, TimeSpan Took);

/// <summary>Makes an organization of people who are made up, with ninety days behind it, by a simulated Okta that calls a host with the story's clock.</summary>
internal sealed class Demonstration(Foundation foundation, string origin)
{
    internal const int Days = 90, DefaultPeople = 2000, FewestPeople = 100, MostPeople = 20_000;

    // Of a long day more are told at one moment: at its end all wait for the slowest.
    const int AtOnce = 6, Moments = 60;

    /// <exception cref="ScimException">409: there is one already.</exception>
    internal async Task<DemoMade> Make(int people, Action<DemoProgress> report, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        var story = new DemoStory(people, Days, TimeProvider.System.GetUtcNow());
        var clock = new StoryClock(story.Begin.AddMinutes(-30));
        await MakeMonths(story.Begin, ct);
        await using var host = await DemoHost.StartAsync(foundation, clock, origin, ct);
        var organizations = host.Services.GetRequiredService<OrganizationAdministration>();
        if (await Find(organizations, ct) is { } there)
            throw ScimException.Conflict($"There is a demonstration already, {there.Name} ({there.Id:D}). Remove it first: demo remove");

        var id = NewId.Next(clock);
        await organizations.Create(By(id, clock), "Lumen Tours (demonstration)");
        await organizations.DeclareDemonstration(By(id, clock));
        await organizations.Switch(By(id, clock), scimEnabled: true);
        var first = await organizations.IssueToken(By(id, clock), "okta", days: null);
        using var okta = new SimulatedOkta(new Uri(host.Address, $"scim/v2/{id:D}/"), first.Text);
        clock.MoveTo(story.Begin.AddMinutes(-10));
        await okta.Test(ct);

        var token = first.Text;
        var day = 0;
        foreach (var today in story.Days())
        {
            await Live(today, okta, clock, ct);
            day = Days - (int)(TimeProvider.System.GetUtcNow() - today.Begin).TotalDays;
            report(new(day, Days, okta.Known.People, okta.Requests));
            if (day is > 58 and < 62 && token == first.Text) token = await Rotate(organizations, okta, first.Token.Id, id, clock, ct);
            if (day is > 70 and < 74 or > 80 and < 84) await Suspend(host, id, day > 80, clock, ct);
        }
        return new((await organizations.Find(id, ct))!, token, okta.Known.People, okta.Known.Groups, okta.Requests, TimeProvider.System.GetElapsedTime(began));
    }

    /// <summary>The demonstration that there is.</summary>
    internal static async Task<Organization?> Find(OrganizationAdministration organizations, CancellationToken ct) => (await organizations.List(ct)).FirstOrDefault(o => o.IsDemonstration);

    // People first, several at once, then the groups that they are in.
    static async Task Live(DemoDay day, SimulatedOkta okta, StoryClock clock, CancellationToken ct)
    {
        var noon = day.Begin + (day.End - day.Begin) * 0.7;
        await Spread(day.Begin, noon, day.Deeds, okta.Do, clock, ct);
        await Spread(noon, day.End, [.. DemoPeople.Groups.Where(okta.IsDue)], okta.Push, clock, ct);
    }

    // The clock stands still while anything is under way: what is told at one moment of the story would take effect at another.
    static async Task Spread<T>(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<T> work, Func<T, CancellationToken, Task> act, StoryClock clock, CancellationToken ct)
    {
        foreach (var together in work.Index().Chunk(Math.Max(AtOnce, work.Count / Moments)))
        {
            clock.MoveTo(from + (to - from) * together[0].Index / work.Count);
            await Parallel.ForEachAsync(together, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (one, ct) => await act(one.Item, ct));
        }
    }

    // The second token first, then the first one's end: no request is refused, but for the one that still had the old token.
    static async Task<string> Rotate(OrganizationAdministration organizations, SimulatedOkta okta, Guid old, Guid id, StoryClock clock, CancellationToken ct)
    {
        var next = await organizations.IssueToken(By(id, clock), "okta, second", days: null);
        okta.Use(next.Text);
        await okta.Test(ct);
        await organizations.RevokeToken(By(id, clock), old);
        return next.Text;
    }

    static async Task Suspend(DemoHost host, Guid id, bool lift, StoryClock clock, CancellationToken ct)
    {
        var administration = host.Services.GetRequiredService<PersonAdministration>();
        var placement = host.Services.GetRequiredService<Placement>();
        await using var command = placement.Command(id, "select id from directory.mt_doc_user where tenant_id = $1 order by id offset 7 limit 2");
        var people = new List<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) people.Add(reader.GetGuid(0));
        if (lift) await administration.Lift(By(id, clock, Source.Admin), people[0], "The laptop was replaced.");
        else
            foreach (var (person, reason) in people.Zip(["The laptop was stolen on a tour; shut out until it is replaced.", "Asked by the people team: an inquiry is under way."]))
                await administration.Suspend(By(id, clock, Source.Admin), person, reason);
    }

    static Caller By(Guid organization, TimeProvider clock, string source = Source.Operator) => new(organization, "operator:demonstration", NewId.Next(clock)) { Source = source };

    // The log's months of the past, which no upkeep makes.
    async Task MakeMonths(DateTimeOffset from, CancellationToken ct)
    {
        foreach (var shard in foundation.Placement.Shards)
        {
            await using var connection = await shard.Write.OpenConnectionAsync(ct);
            for (var month = from; month < TimeProvider.System.GetUtcNow(); month = month.AddMonths(1)) await LogWrites.MakeMonths(connection, month, ct);
        }
    }
}

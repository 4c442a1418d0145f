using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Tests.Replay;

/// <summary>Holds the whole history of the run against the directory: folds, versions, chains.</summary>
internal static class WholeHistory
{
    internal static async Task Check(TestService service)
    {
        var (placement, reader) = (service.Get<Placement>(), service.Get<HistoryReader>());
        foreach (var organization in await placement.OrganizationsAsync(CancellationToken.None))
            await Check(service, organization, await reader.Organization(organization, CancellationToken.None));
    }

    static async Task Check(TestService service, Guid organization, IReadOnlyList<RecordedEvent> events)
    {
        Assert.Empty(events.SelectMany(e => Conversations.KnownRepairs.Of(e.Stored.Headers)).Except(Conversations.KnownRepairs.Names));
        var people = new Dictionary<Guid, User>();
        foreach (var stream in events.GroupBy(e => e.Stored.StreamId))
        {
            Assert.Equal(Enumerable.Range(1, stream.Count()).Select(v => (long)v), stream.Select(e => e.Stored.Version));
            ReadOnlyMemory<byte> previous = Chain.Genesis;
            foreach (var e in stream)
            {
                var hash = Chain.Hash(previous.Span, e.Stored);
                Assert.Equal(Convert.ToBase64String(hash), e.Stored.Headers[Chain.HashHeader]);
                previous = hash;
            }
            if (stream.First().Event is UserEvent)
            {
                if (stream.Aggregate((User?)null, (u, e) => User.Fold(u, (UserEvent)e.Event, e.Fact)) is { } user) people[user.Id] = user;
            }
            else
            {
                var folded = stream.Aggregate((Organization?)null, (o, e) => Organization.Fold(o, (OrganizationEvent)e.Event, e.Fact));
                var live = await service.Get<Scim.Api.EventStore.History>().Load<Organization>(organization, stream.Key, CancellationToken.None);
                Assert.Equal(folded! with { Tokens = [] }, live! with { Tokens = [] });
                Assert.Equal(folded.Tokens.ToArray(), live.Tokens.ToArray());
            }
        }
        await CheckDirectory(service, organization, people);
    }

    static async Task CheckDirectory(TestService service, Guid organization, Dictionary<Guid, User> people)
    {
        await using var source = NpgsqlDataSource.Create(service.Service.Foundation.Connections.Directory);
        await using var command = source.CreateCommand("select id from directory.mt_doc_user where tenant_id = $1");
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        await using var reader = await command.ExecuteReaderAsync();
        var live = new HashSet<Guid>();
        while (await reader.ReadAsync()) live.Add(reader.GetGuid(0));
        Assert.Equal(people.Keys.Order(), live.Order());
        foreach (var (id, folded) in people)
        {
            var found = (await service.Get<UserDirectory>().Find(organization, id, UserDirectory.WithState, CancellationToken.None))!.User;
            Assert.Equal(folded with { Sources = [] }, found with { Sources = [] });
            Assert.Equal(folded.Sources.ToArray(), found.Sources.ToArray());
        }
    }
}

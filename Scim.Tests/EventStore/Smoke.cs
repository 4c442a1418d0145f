using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Schema;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Tests.EventStore;

public class StoreSmoke
{
    [Fact]
    public async Task Works()
    {
        var ct = TestContext.Current.CancellationToken;
        var super = "Host=127.0.0.1;Port=54870;Username=postgres;Database=postgres";
        await using (var s = NpgsqlDataSource.Create(super))
        {
            await s.CreateCommand("drop database if exists smoke with (force)").ExecuteNonQueryAsync(ct);
            await s.CreateCommand("do $$ begin if not exists (select from pg_roles where rolname='smoke_owner') then create role smoke_owner login createrole; end if; end $$").ExecuteNonQueryAsync(ct);
            await s.CreateCommand("create database smoke owner smoke_owner").ExecuteNonQueryAsync(ct);
        }
        await using var owner = NpgsqlDataSource.Create("Host=127.0.0.1;Port=54870;Username=smoke_owner;Database=smoke");
        await SchemaSetup.ApplyAsync(owner, owner, "smoke_service", "pw", ct);
        await SchemaSetup.ApplyAsync(owner, owner, "smoke_service", "pw", ct);
        await using var service = NpgsqlDataSource.Create("Host=127.0.0.1;Port=54870;Username=smoke_service;Database=smoke;Max Auto Prepare=100");
        var placement = new Placement([new Shard("main", service, service)], service);
        var sealing = new SealedEvents(new KeyRing(new MasterKey(new byte[32]), placement, TimeProvider.System), EventStoreOptions.Json);
        await using var store = EventStoreOptions.BuildStore(placement, sealing, TimeProvider.System);
        await SchemaSetup.AssertAsync(store, placement, ct);
        var history = new Scim.Api.EventStore.History(store, placement, sealing, TimeProvider.System, NullLogger<Scim.Api.EventStore.History>.Instance);
        var org = Guid.CreateVersion7();
        await placement.PlaceAsync(org, ct);
        var id = Guid.CreateVersion7();
        var caller = new Caller(org, "operator", Guid.CreateVersion7()) { Source = "scim" };
        var resource = ScimReader.ReadObject("""{"externalId":"x","userName":"BJensen","name":{"familyName":"Jensen"},"emails":[{"value":"a@b.c"}]}"""u8);
        var user = await history.Start<User, UserEvent>(caller, id, UserDecider.Decide(null, new ProvisionUser(id, resource, "scim"), UserSchema.ResourceType));
        Assert.Equal(1, user.Version);
        for (var i = 2; i < 5; i++)
        {
            user = await history.Change<User, UserEvent>(caller with { RequestId = Guid.CreateVersion7() }, id, null, (u, t) => new(UserDecider.Decide(u, new ReplaceUser(u!.Resource.With("title", ScimValue.Of("T" + i)), "scim"), UserSchema.ResourceType)));
            Assert.Equal(i, user!.Version);
        }
        var loaded = await history.Load<User>(org, id, ct);
        Assert.Equal(user, loaded! with { Sources = user!.Sources }); 
    }
}

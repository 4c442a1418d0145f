using System.Net;
using System.Text.Json;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Demo;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;
using Scim.Tests.Hosting.Embedded;
using Scim.Tests.Replay;
using Scim.Tests.SignIn;

namespace Scim.Tests.Demo;

/// <summary>An organization of people who are made up: made by the real handlers, dated in the past, marked, and gone when it is removed.</summary>
public sealed class DemonstrationTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void However_many_there_are_every_address_is_another()
    {
        var people = new Scim.Api.Demo.DemoPeople(new Random(1));
        var made = Enumerable.Range(0, 8_000).Select(_ => people.Next()).ToArray();
        Assert.Equal(made.Length + 100, made.Concat(made.Take(100).Select(people.Married)).Select(p => p.UserName).Distinct().Count());
    }

    [Fact]
    public async Task It_is_made_with_ninety_days_behind_it_is_marked_and_is_removed_without_a_trace()
    {
        var (foundation, progress) = (service.Get<Foundation>(), new List<DemoProgress>());
        var demonstration = new Demonstration(foundation, "https://scim.example");
        var made = await demonstration.Make(Demonstration.FewestPeople, progress.Add, Ct);
        var (id, tenant) = (made.Organization.Id, made.Organization.Id.ToString("D"));
        Assert.Equal((Demonstration.FewestPeople, 60, true), (made.People, made.Groups, made.Organization.IsDemonstration));
        Assert.Equal(progress.OrderBy(p => p.Day), progress);
        Assert.Equal((Demonstration.Days, made.Requests), (progress[^1].Day, progress[^1].Requests));

        // Its token opens the door today, and its directory is what Okta was told.
        using (var okta = service.Client(id, made.Token))
        {
            var users = JsonDocument.Parse(await okta.GetStringAsync("Users?count=200", Ct)).RootElement;
            Assert.Equal(Demonstration.FewestPeople, users.GetProperty("totalResults").GetInt32());
            Assert.StartsWith("https://scim.example/scim/v2/", users.GetProperty("Resources")[0].GetProperty("meta").GetProperty("location").GetString()!.Replace(service.Address.ToString(), "https://scim.example/", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Equal(60, JsonDocument.Parse(await okta.GetStringAsync("Groups?count=1&excludedAttributes=members", Ct)).RootElement.GetProperty("totalResults").GetInt32());
        }

        // Commits, events, positions and the log are of the story's days, and nothing of tomorrow.
        await Positions.Settled(service, id);
        foreach (var (table, at) in new[] { ("commit_log", "at"), ("commit_log", "instant"), ("mt_events", "timestamp"), ("request_log", "at") })
        {
            Assert.InRange((long)(await Value($"select count(distinct ({at} at time zone 'UTC')::date) from history.{table} where tenant_id = '{tenant}'"))!, 45, Demonstration.Days + 1);
            Assert.True((bool)(await Value($"select min({at}) < clock_timestamp() - interval '89 days' and max({at}) between clock_timestamp() - interval '30 minutes' and clock_timestamp() from history.{table} where tenant_id = '{tenant}'"))!, $"{table}.{at}");
        }
        Assert.True((bool)(await Value($"select count(*) > 300 and count(*) filter (where status = 409) > 0 and count(*) filter (where status = 400) > 0 and count(*) filter (where repairs <> '{{}}') > 0 and count(*) filter (where unmapped <> '{{}}') > 0 from history.request_log where tenant_id = '{tenant}'"))!);
        Assert.InRange((double)(await Value($"select extract(epoch from max(c.at - r.at))::float8 from history.commit_log c join history.request_log r on r.tenant_id = c.tenant_id and r.id = c.command_id where c.tenant_id = '{tenant}'"))!, 0, 10); // told and in effect
        await Replays.Identical(service, id);

        // A second one is refused; every page of this one says what it is.
        Assert.Equal(409, (await Assert.ThrowsAsync<ScimException>(() => demonstration.Make(Demonstration.FewestPeople, _ => { }, Ct))).Status);
        using (var staff = await StaffOf.Of(service, id))
        {
            var session = await staff.Session();
            foreach (var path in new[] { "/", "/directory/users", "/audit/requests", "/settings/organization" })
                Assert.Contains("everybody here is made up", (await staff.Get(path, session)).Text, StringComparison.Ordinal);
        }

        // Nothing else can be removed, and of this nothing is left.
        using var real = await service.NewOrganization();
        var organizations = service.Get<OrganizationAdministration>();
        Assert.Equal(409, (await Assert.ThrowsAsync<ScimException>(async () => await DemoRemoval.Run(foundation, (await organizations.Find(real.Id, Ct))!, Ct))).Status);
        Assert.Equal(409, (await Assert.ThrowsAsync<ScimException>(async () => await DemoRemoval.Run(foundation, (await organizations.Find(real.Id, Ct))! with { IsDemonstration = true }, Ct))).Status); // as a forged directory would say
        Assert.Equal(409, (await Assert.ThrowsAsync<ScimException>(() => organizations.DeclareDemonstration(StaffOf.Operator(real.Id)))).Status);

        // What fails in the registry leaves all of it, to be asked for again.
        await Value($"""
            create function public.keep() returns trigger language plpgsql as $$ begin if old.organization_id = '{id}' then raise exception 'kept'; end if; return old; end $$;
            create trigger keep before delete on registry.placement for each row execute function public.keep()
            """);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => DemoRemoval.Run(foundation, made.Organization, Ct));
        Assert.True((await organizations.Find(id, Ct))!.IsDemonstration);
        await Value("drop trigger keep on registry.placement; drop function public.keep()");
        Assert.InRange(await DemoRemoval.Run(foundation, made.Organization, Ct), 1000, long.MaxValue);
        foreach (var (schema, column) in new[] { ("history", "tenant_id"), ("directory", "tenant_id"), ("registry", "organization_id") })
        {
            var tables = (string[])(await Value($"select array_agg(c.relname::text) from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid where n.nspname = '{schema}' and c.relkind in ('r', 'p') and a.attname = '{column}'"))!;
            Assert.NotEmpty(tables);
            foreach (var table in tables) Assert.Equal((table, 0L), (table, (long)(await Value($"select count(*) from {schema}.{table} where {column}::text = '{tenant}'"))!));
        }
        using (var okta = service.Client(id, made.Token)) Assert.Equal(HttpStatusCode.Unauthorized, (await okta.GetAsync("Users", Ct)).StatusCode);
        Assert.Equal(201, (await real.NewUser("ada@example.com")).Status);
    }

    Task<object?> Value(string sql) => Sql.ScalarAsync(service.OwnerConnectionString, sql);
}

using System.Globalization;
using System.Text.RegularExpressions;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.Provisioning;
using Scim.Domain.Dialects;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;
using Scim.Domain.Users;
using Scim.Tests.Audit;
using Scim.Tests.SignIn;

namespace Scim.Tests.CommandCenter;

/// <summary>Whom administrators find, page by page, now and in the past.</summary>
public sealed class PeopleSearchTests(TestService service)
{
    static readonly Locations Nowhere = new("http://example.com");

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    UserDirectory People => service.Get<UserDirectory>();

    [Fact]
    public async Task The_beginning_of_every_name_finds_a_person_and_nothing_else_does()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("Ada.Byron@example.com", ""","externalId":"00uAda","displayName":"Ada Byron","name":{"givenName":"Augusta","familyName":"King"},"emails":[{"value":"countess@example.org"}]""")).Id;
        var percent = (await organization.NewUser("100%_sure@example.com")).Id;
        await organization.NewUser("grace@example.com", ""","externalId":"00uGrace","displayName":"Grace Hopper","name":{"givenName":"Grace","familyName":"Hopper"}""");

        foreach (var text in new[] { "ada", "ADA.BYRON@EXAMPLE.COM", "ada b", "augusta", "king", "king augusta", "aug kin", "byron", "king byr", "ＫＩＮＧ", "countess@", "00uA", ada, ada[..23], ada.Replace("-", "", StringComparison.Ordinal) })
            Assert.Equal([ada], await Found(organization, new() { Text = text }));
        foreach (var text in new[] { "yron", "00ua", "king grace", "example.com", "%", "_", "'", "\\", "a' or '1'='1", new string('x', 256) })
            Assert.Empty(await Found(organization, new() { Text = text }));
        Assert.Equal([percent], await Found(organization, new() { Text = "100%_" }));
        Assert.Equal(3, (await Found(organization, new())).Length);
    }

    [Fact]
    public async Task Of_a_text_that_finds_many_so_many_are_counted_and_all_are_found()
    {
        using var organization = await service.NewOrganization();
        for (var i = 0; i < 12; i++) await organization.NewUser($"ada{i:D2}@example.com", i % 3 == 0 ? ",\"active\":false" : "");
        await organization.NewUser("bob@example.com");
        await service.Get<Moments>().Now(organization.Id, Ct);
        foreach (var (counted, total, isMore) in new[] { (3, 3, true), (11, 11, true), (12, 12, false), (50, 12, false) })
        {
            var query = new PeopleQuery { Text = "ada", Counted = counted };
            var page = await People.Search(organization.Id, query, null, 5, Nowhere, Ct);
            Assert.Equal((total, isMore, 5), ((int)page.Total, page.IsMore, page.Items.Count));
            Assert.Equal(Enumerable.Range(0, 12).Select(i => $"ada{i:D2}@example.com"), (await Pages(organization, People, query)).Select(u => u.UserName));
            Assert.Equal(Math.Min(4, counted), (await People.Search(organization.Id, query with { Status = "inactive" }, null, 5, Nowhere, Ct)).Total);
        }
    }

    [Fact]
    public async Task Every_filter_narrows_alone_and_together()
    {
        using var organization = await service.NewOrganization();
        const string sales = ",\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\",\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"],\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"Sales\"}";
        string ada = (await organization.Post("Users", $$"""{"userName":"ada"{{sales}}}""")).Id, bob = (await organization.Post("Users", $$"""{"userName":"bob"{{sales}}}""")).Id, cleo = (await organization.NewUser("cleo")).Id, dan = (await organization.NewUser("dan")).Id;
        await organization.Activate(bob, false);
        await organization.Suspend(cleo);
        await organization.Suspend(dan);
        await organization.Activate(dan, false);
        var inner = (await organization.NewGroup("Inner", bob, cleo)).Id;
        var outer = (await organization.NewGroup("Outer", ada, inner)).Id;

        Assert.Equal([ada], await Found(organization, new() { Status = "active" }));
        Assert.Equal([bob], await Found(organization, new() { Status = "inactive" }));
        Assert.Equal(Ordered(cleo, dan), await Found(organization, new() { Status = "suspended" }));
        Assert.Equal(Ordered(ada, bob), await Found(organization, new() { Department = "sALES" }));
        Assert.Equal(Ordered(bob, cleo), await Found(organization, new() { Group = Guid.Parse(inner) }));
        Assert.Equal(Ordered(ada, bob, cleo), await Found(organization, new() { Group = Guid.Parse(outer) }));
        Assert.Equal([bob], await Found(organization, new() { Group = Guid.Parse(outer), Status = "inactive", Department = "Sales", Text = "bo", Source = Source.Scim }));
        Assert.Empty(await Found(organization, new() { Source = Source.SignIn }));
        Assert.Equal([cleo], await Found(organization, new() { Filter = UsersApi.ReadFilter("userName sw \"c\" and active eq true", new Notes()) }));
        var changed = (await People.Find(organization.Id, Guid.Parse(dan), People.AsAnswered, Ct))!.LastModified;
        Assert.Equal([dan], await Found(organization, new() { Since = changed }));
        Assert.Empty(await Found(organization, new() { Since = changed.AddTicks(10) }));
    }

    [Fact]
    public async Task Who_has_never_signed_in_is_whom_no_door_has_asked_about()
    {
        using var organization = await service.NewOrganization();
        string ada = (await organization.NewUser("ada")).Id, bob = (await organization.NewUser("bob")).Id;
        var query = new PeopleQuery { NeverSignedIn = true };
        Assert.Equal(Ordered(ada, bob), await Found(organization, query));
        var before = DateTimeOffset.UtcNow;

        // The operator's look at it is no sign-in; a door's question is.
        var access = $"/api/organizations/{organization.Id}/access?userName=";
        Assert.Equal(200, (int)(await service.Operator.GetAsync(access + "bob", Ct)).StatusCode);
        var (_, key) = await service.Get<OrganizationAdministration>().IssueKey(StaffOf.Operator(organization.Id), "door", Roles.Reader, days: 1);
        using var door = new HttpClient { BaseAddress = service.Address };
        door.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(200, (int)(await door.GetAsync(access + "ada", Ct)).StatusCode);
        using (var staff = await StaffOf.Of(service, organization.Id))
        {
            // Nothing happened in the directory since: the file says what its page says, at an instant before too.
            var session = await staff.Session();
            Assert.Equal((true, false), await Exported(staff, session, ""));

            // Of everybody it is said when that was last, as soon as a door has asked about anybody.
            var list = (await staff.Get("/directory/users", session)).Text;
            Assert.Matches(new Regex(">Last sign-in</th>.*ada.*<td data-of=\"Last sign-in\">\\s*<time .*bob.*<td data-of=\"Last sign-in\">\\s*Never", RegexOptions.Singleline), list);
            Assert.Matches("last sign-in</span>\\s*<time ", (await staff.Get($"/directory/users/{ada}", session)).Text);
            Assert.Contains("The key door", (await staff.Get($"/directory/users/{ada}?tab=sign-ins", session)).Text, StringComparison.Ordinal);
            Assert.Contains("No sign-in is known", (await staff.Get($"/directory/users/{bob}?tab=sign-ins", session)).Text, StringComparison.Ordinal);
            using var others = await service.NewOrganization();
            await others.NewUser("eve");
            using var other = await StaffOf.Of(service, others.Id);
            Assert.DoesNotContain("Last sign-in", (await other.Get("/directory/users", await other.Session())).Text, StringComparison.Ordinal);
            Assert.Equal((true, true), await Exported(staff, session, $"&at={before.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)}"));
        }
        await organization.NewUser("cleo");
        var cleo = (await People.Search(organization.Id, query, null, 100, Nowhere, Ct)).Items.Select(u => u.User.UserName).ToArray();
        Assert.Equal(["bob", "cleo"], cleo.Order());
        Assert.Equal(3, (await People.Search(organization.Id, query with { SignedInUntil = before }, null, 100, Nowhere, Ct)).Total); // then, nobody had

        static async Task<(bool Bob, bool Ada)> Exported(StaffOf staff, string session, string more)
        {
            var text = (await staff.Get($"/directory/users/export?format=csv&signIn=never{more}", session)).Text;
            return (text.Contains("bob", StringComparison.Ordinal), text.Contains("ada", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("/directory/users?group=00000000-0000-0000-0000-000000000000", 200)]
    [InlineData("/directory/users/export?format=csv&q=a%00b", 400)]
    [InlineData("/directory/users/export?format=csv&filter=userName%20eq%20%22a%00b%22", 400)]
    [InlineData("/directory/users?sort=userName&after={after}", 200)]
    [InlineData("/directory/users?at=0001-01-01T00:00", 200)]
    [InlineData("/directory/users?since=0001-01-01", 200)]
    [InlineData("/directory/users?at=9999-12-31T23:59", 200)]
    [InlineData("/audit/events?from=0001-01-01", 200)]
    [InlineData("/audit/compare?from=0001-01-01T00:00", 200)]
    [InlineData("/directory/groups?q={long}", 200)]
    public async Task What_only_an_edited_address_asks_is_answered_too(string path, int status)
    {
        foreach (var zone in new[] { "Europe/Vienna", "America/Los_Angeles" })
        {
            using var organization = await service.NewOrganization();
            await service.Get<OrganizationAdministration>().ChangeTimeZone(StaffOf.Operator(organization.Id), zone);
            await organization.NewUser("ada");
            using var staff = await StaffOf.Of(service, organization.Id);
            var asked = path.Replace("{after}", new KeyPlace(1, "ada", Guid.Empty).ToString(), StringComparison.Ordinal).Replace("{long}", new string('a', 255) + "%F0%9F%98%80", StringComparison.Ordinal);
            var (answered, text, _) = await staff.Get(asked, await staff.Session());
            Assert.True(answered == status || answered == 400 && path.Contains("9999", StringComparison.Ordinal), $"{answered} in {zone}: {text[..Math.Min(300, text.Length)]}");
        }
    }

    [Fact]
    public async Task A_group_that_is_called_like_an_id_is_found_by_its_name_and_by_its_id()
    {
        using var organization = await service.NewOrganization();
        var name = Guid.NewGuid().ToString();
        var group = Guid.Parse((await organization.NewGroup(name)).Id);
        Assert.Equal((group, name), await service.Get<GroupBrowser>().Named(organization.Id, name, Ct));
        Assert.Equal((group, name), await service.Get<GroupBrowser>().Named(organization.Id, group.ToString(), Ct));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task Pages_hold_everybody_once_in_order_also_in_the_past(int order, bool descending)
    {
        using var organization = await service.NewOrganization();
        string?[] names = ["Ann", "Ann", null, "Zoë", null, "ann", "Émile", "Bob", null, "Bob", "Ann", ""];
        for (var i = 0; i < names.Length; i++) await organization.NewUser($"u{(i * 7) % 12:D2}@example.com", names[i] is { Length: > 0 } name ? $",\"displayName\":\"{name}\"" : "");
        var query = new PeopleQuery { Order = (PeopleOrder)order, Descending = descending };
        var then = await service.Get<Moments>().Now(organization.Id, Ct);
        var now = await Pages(organization, People, query);
        await organization.NewUser("later@example.com");
        var past = await Pages(organization, People.At(then), query);

        Assert.Equal(names.Length, now.Select(u => u.Id).Distinct().Count());
        Assert.Equal(now.Select(u => u.Id), past.Select(u => u.Id));
        IEnumerable<string> Keys(IEnumerable<User> users) => users.Select(u => order switch { 0 => u.DisplayNameKey is { } name ? "1" + name : "2" + u.UserNameKey, 1 => u.UserNameKey!, _ => ScimDateTime.Print(u.LastModified) });
        // Whoever has no displayName stands last in both directions.
        IEnumerable<User>[] parts = order == 0 ? [now.Where(u => u.DisplayNameKey is not null), now.Where(u => u.DisplayNameKey is null)] : [now];
        Assert.Equal(now.Select(u => u.Id), parts.SelectMany(p => p).Select(u => u.Id));
        foreach (var part in parts) Assert.Equal(descending ? Keys(part).OrderDescending(StringComparer.Ordinal) : Keys(part).Order(StringComparer.Ordinal), Keys(part));
    }

    [Fact]
    public void A_place_is_read_as_it_was_written_and_anything_else_is_none()
    {
        var place = new KeyPlace(1, "zoë", Guid.CreateVersion7());
        Assert.Equal(place, KeyPlace.Parse(place.ToString()));
        foreach (var text in new[] { null, "", "x", "====", "bnVsbA", "e30", "W10", new KeyPlace(7, "x", Guid.Empty).ToString(), new KeyPlace(0, "\0", Guid.Empty).ToString(), new string('A', 9999) }) Assert.Null(KeyPlace.Parse(text));
    }

    async Task<string[]> Found(TestOrganization organization, PeopleQuery query)
    {
        var position = await service.Get<Moments>().Now(organization.Id, Ct);
        var now = await People.Search(organization.Id, query, null, 100, Nowhere, Ct);
        // Whether they are found beforehand or met on the walk, they are the same.
        var met = await People.Search(organization.Id, query with { Counted = 0 }, null, 100, Nowhere, Ct);
        Assert.Equal(now.Items.Select(u => u.User.Id), met.Items.Select(u => u.User.Id));
        Assert.Equal(now.Items.Select(u => u.User.Id).Order(), (await People.All(organization.Id, query with { Counted = 0 }, Nowhere, Ct).Select(u => u.Id).ToArrayAsync(Ct)).Order());
        var past = await People.At(position).Search(organization.Id, query, null, 100, Nowhere, Ct);
        Assert.Equal(now.Items.Select(u => u.User.Id), past.Items.Select(u => u.User.Id));
        Assert.Equal((now.Items.Count, now.Items.Count), ((int)now.Total, (int)past.Total));
        var all = await People.At(position).All(organization.Id, query, Nowhere, Ct).Select(u => u.Id.ToString("D")).ToArrayAsync(Ct);
        var found = Ordered([.. now.Items.Select(u => u.User.Id.ToString("D"))]);
        Assert.Equal(found, all);
        return found;
    }

    static string[] Ordered(params string[] ids) => [.. ids.Order(StringComparer.Ordinal)];

    static async Task<List<User>> Pages(TestOrganization organization, UserDirectory people, PeopleQuery query)
    {
        var found = new List<User>();
        KeyPlace? after = null;
        do
        {
            var page = await people.Search(organization.Id, query, KeyPlace.Parse(after?.ToString()), 5, Nowhere, Ct);
            found.AddRange(page.Items.Select(u => u.User));
            after = page.Next;
        }
        while (after is not null);
        return found;
    }
}

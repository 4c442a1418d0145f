using System.Net;
using Npgsql;

namespace Scim.Tests.Faults.Checking;

/// <summary>The checker finds what it is there to find: rows are damaged as only a superuser can, and a journal is made to lie.</summary>
[Collection(OnKilledCluster.Name)]
public sealed class CheckerTests(Damaged damaged) : IClassFixture<Damaged>
{
    [Fact]
    public async Task Undamaged_rows_have_no_violation() => Assert.Empty(await After("select 1"));

    [Theory]
    [InlineData("VersionsHaveNoGap", "delete from history.mt_events where stream_id = '{ada}' and version = 2")]
    [InlineData("EveryEventHasItsCommit", "delete from history.mt_events where stream_id = '{ada}' and version = 2")]
    [InlineData("HistoryIsChained", "delete from history.mt_events where stream_id = '{ada}' and version = 1")]
    [InlineData("VersionsHaveNoGap", "update history.mt_streams set version = 7 where id = '{ada}'")]
    [InlineData("VersionsHaveNoGap", "delete from history.mt_streams where id = '{ada}'")]
    [InlineData("EveryEventHasItsCommit", "insert into history.commit_log select tenant_id, gen_random_uuid(), stream_id, from_version, to_version, request_id from history.commit_log where stream_id = '{ada}'")]
    [InlineData("AcknowledgedIsStored", "delete from history.commit_log where stream_id = '{ada}'")]
    [InlineData("EveryEventHasItsCommit", "update history.commit_log set ord = (select min(ord) from history.commit_log)")]
    [InlineData("OneHolderOfAName", "update history.commit_log set ord = ord - 1000000 where stream_id = '{heir}'")]
    [InlineData("HistoryIsChained", "update history.mt_events set user_name = 'nobody' where stream_id = '{ada}' and version = 1")]
    [InlineData("TwoLiveTokens", "delete from history.mt_events where stream_id = '{organization}' and type = 'token_revoked'")]
    [InlineData("RevokedIsShutOut", "update history.mt_events set timestamp = timestamp + interval '1 hour' where stream_id = '{ada}' and version = 2")]
    [InlineData("DirectoryIsTheFold", """update directory.mt_doc_user set data = jsonb_set(data, '{resource,title}', '"Queen"') where id = '{ada}'""")]
    [InlineData("DirectoryIsTheFold", "update directory.mt_doc_user set user_name_key = 'other' where id = '{ada}'")]
    [InlineData("DirectoryIsTheFold", "update directory.mt_doc_user set mt_version = 9 where id = '{ada}'")]
    [InlineData("DirectoryIsTheFold", "delete from directory.mt_doc_user where id = '{ada}'")]
    [InlineData("DirectoryIsTheFold", "update directory.mt_doc_organization set data = jsonb_set(data, '{scimEnabled}', 'false')")]
    [InlineData("NothingCrossesOrganizations", "update directory.mt_doc_user set tenant_id = '{other}' where id = '{ada}'")]
    [InlineData("NothingCrossesOrganizations", "update history.mt_events set tenant_id = '{other}' where stream_id = '{ada}'")]
    [InlineData("NothingCrossesOrganizations", "update history.person_key set tenant_id = '*DEFAULT*' where person_id = '{ada}'")]
    [InlineData("NothingCrossesOrganizations", "update history.commit_log set tenant_id = '{other}' where stream_id = '{ada}'")]
    [InlineData("NothingIsStoredTwice", "update history.commit_log set command_id = gen_random_uuid() where stream_id = '{ada}' and from_version = 2; update history.mt_events e set headers = jsonb_set(headers, '{providerRequest}', (select to_jsonb(f.headers->>'providerRequest') from history.mt_events f where f.stream_id = e.stream_id and f.version = 1)) where stream_id = '{ada}' and version = 2")]
    [InlineData("NothingIsStoredUnasked", "update history.mt_events set headers = headers - 'providerRequest' where stream_id = '{ada}' and version = 2")]
    [InlineData("AnswersAreTrue", "update history.mt_streams set version = 1 where id = '{ada}'; delete from history.mt_events where stream_id = '{ada}' and version = 2")]
    [InlineData("DirectoryIsTheFold", "delete from directory.group_member where member_id = '{ada}'")]
    [InlineData("DirectoryIsTheFold", "insert into directory.group_member select tenant_id, group_id, '{heir}', false from directory.group_member where member_id = '{ada}'")]
    [InlineData("DirectoryIsTheFold", "update directory.group_member set is_group = true where member_id = '{ada}'")]
    [InlineData("MembersAreThere", "insert into directory.group_member select tenant_id, group_id, gen_random_uuid(), false from directory.group_member where member_id = '{ada}'")]
    [InlineData("MembersAreThere", "insert into directory.group_member select tenant_id, group_id, group_id, true from directory.group_member where member_id = '{ada}'")]
    [InlineData("MembersAreThere", "delete from directory.mt_doc_user where id = '{ada}'")]
    [InlineData("DirectoryIsTheFold", "update directory.mt_doc_group set data = jsonb_set(data, '{state,memberCount}', '7') where id = '{guides}'")]
    [InlineData("DirectoryIsTheFold", """update directory.mt_doc_group set data = jsonb_set(data, '{resource,displayName}', '"Others"') where id = '{guides}'""")]
    [InlineData("DirectoryIsTheFold", "update directory.mt_doc_group set display_name_key = 'other' where id = '{guides}'")]
    [InlineData("DirectoryIsTheFold", "update directory.mt_doc_group set mt_version = 9 where id = '{guides}'")]
    [InlineData("DirectoryIsTheFold", "delete from directory.mt_doc_group where id = '{guides}'")]
    [InlineData("NothingCrossesOrganizations", "update directory.group_member set tenant_id = '{other}' where member_id = '{ada}'")]
    [InlineData("HistoryIsChained", "delete from history.mt_events where stream_id = '{guides}' and type = 'group_created'")]
    [InlineData("OneHolderOfAName", "update history.commit_log set ord = ord - 1000000 where stream_id = '{heirs}'")]
    [InlineData("NothingIsStoredUnasked", "update history.mt_events set headers = headers - 'providerRequest' where stream_id = '{guides}'")]
    [InlineData("AcknowledgedIsStored", "delete from history.commit_log where stream_id = '{guides}'")]
    public async Task Damage_is_named(string invariant, string sql) =>
        Assert.Contains(await After(sql), v => v.Invariant == Enum.Parse<Invariant>(invariant));

    [Theory]
    [InlineData("RefusedIsNotStored", "PATCH", 409, 3)]
    [InlineData("AnswersAreTrue", "PATCH", 200, 9)]
    [InlineData("ReadsAreNeverOlder", "GET", 200, 1)]
    [InlineData("ReadsAreNeverOlder", "GET", 200, 9)]
    [InlineData("ReadsAreNeverOlder", "GET", 404, null)]
    internal async Task An_answer_that_was_not_true_is_named(string invariant, string verb, int status, int? version)
    {
        var journal = new ClientJournal();
        using var liar = new HttpClient(new Liar(damaged, new HttpMethod(verb), (HttpStatusCode)status, version)) { BaseAddress = new Uri("http://127.0.0.1/") };
        foreach (var told in new[] { true, false })
        {
            using var request = new HttpRequestMessage(told ? HttpMethod.Get : new HttpMethod(verb), new Uri($"Users/{damaged.Ada}", UriKind.Relative));
            request.Options.Set(Liar.IsTrue, told);
            await Record.ExceptionAsync(() => journal.Send(liar, damaged.Organization, "liar", request, null, TestContext.Current.CancellationToken));
        }
        Assert.Contains(Checker.Check(await StoredRows.Read(damaged.Database.Superuser), Checker.OwnMasterKey, journal), v => v.Invariant == Enum.Parse<Invariant>(invariant));
    }

    [Fact]
    public async Task A_revoked_token_that_still_opens_is_named()
    {
        var journal = new ClientJournal();
        using var liar = new HttpClient(new Liar(damaged, HttpMethod.Get, HttpStatusCode.OK, 2)) { BaseAddress = new Uri("http://127.0.0.1/") };
        liar.DefaultRequestHeaders.Authorization = new("Bearer", "revoked");
        journal.Revoked("revoked");
        await Task.Delay(JournalChecks.ShutOut + TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"Users/{damaged.Ada}", UriKind.Relative));
        await Record.ExceptionAsync(() => journal.Send(liar, damaged.Organization, "liar", request, null, TestContext.Current.CancellationToken));
        var found = Checker.Check(await StoredRows.Read(damaged.Database.Superuser), Checker.OwnMasterKey, journal);
        Assert.Contains(found, v => v.Invariant == Invariant.RevokedIsShutOut);
        Assert.Contains(found, v => v.Invariant == Invariant.AnswersObeyTheContract); // the liar forgets a header
    }

    [Fact]
    public async Task A_connection_that_is_not_given_back_is_named()
    {
        await using var kept = new NpgsqlConnection(damaged.Database.Login + ";Pooling=false");
        await kept.OpenAsync(TestContext.Current.CancellationToken);
        var now = await Held.By(damaged.Database);
        Assert.False(LeftOpen.Fits(now, now with { Connections = now.Connections - 1 }));
        Assert.True(LeftOpen.Fits(now, now));
    }

    // In a transaction that is taken back.
    async Task<IReadOnlyList<Violation>> After(string sql)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(damaged.Database.Superuser + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var command = new NpgsqlCommand("set local session_replication_role = replica; " + damaged.Named(sql), connection, transaction)) await command.ExecuteNonQueryAsync(ct);
        return Checker.Check(await StoredRows.Read(connection), Checker.OwnMasterKey, damaged.Journal, isComplete: true);
    }
}

/// <summary>Answers what it is told to, whatever is stored.</summary>
file sealed class Liar(Damaged damaged, HttpMethod verb, HttpStatusCode status, int? version) : HttpMessageHandler
{
    internal static readonly HttpRequestOptionsKey<bool> IsTrue = new("true");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isTrue = request.Options.TryGetValue(IsTrue, out var told) && told;
        var answer = new HttpResponseMessage(isTrue ? HttpStatusCode.OK : status) { Content = new StringContent("{}", null, "application/scim+json") };
        answer.Headers.TryAddWithoutValidation("X-Request-Id", (verb == HttpMethod.Patch ? damaged.LastCommand : Guid.NewGuid()).ToString("D"));
        if (isTrue || version is not null) answer.Headers.TryAddWithoutValidation("ETag", $"W/\"{(isTrue ? 2 : version)}-0\"");
        return Task.FromResult(answer);
    }
}

/// <summary>A small history: Ada of two versions, and one who took the userName that another left.</summary>
public sealed class Damaged(OwnCluster cluster) : IAsyncLifetime
{
    internal OwnDatabase Database { get; private set; } = null!;

    internal ClientJournal Journal { get; } = new();

    internal Guid Organization { get; private set; }

    internal Guid Ada { get; private set; }

    internal Guid LastCommand { get; private set; }

    Guid _other, _heir, _guides, _heirs;

    internal string Named(string sql) => sql.Replace("{ada}", Ada.ToString(), StringComparison.Ordinal).Replace("{organization}", Organization.ToString(), StringComparison.Ordinal).Replace("{heir}", _heir.ToString(), StringComparison.Ordinal).Replace("{other}", _other.ToString(), StringComparison.Ordinal).Replace("{guides}", _guides.ToString(), StringComparison.Ordinal).Replace("{heirs}", _heirs.ToString(), StringComparison.Ordinal);

    public async ValueTask InitializeAsync()
    {
        Database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(Database.Settings());
        using var organization = await service.NewOrganization();
        using var other = await service.NewOrganization();
        (Organization, _other) = (organization.Id, other.Id);
        using var provider = new Provider(Journal, organization.Id, organization.Token, () => service.Address);
        Ada = await Post("ada");
        LastCommand = (await provider.Send("client", HttpMethod.Patch, $"Users/{Ada}", new Wish(Title: "Countess"), Provider.Patch("""{"op":"replace","path":"title","value":"Countess"}"""))).Entry!.RequestId!.Value;
        var leaver = await Post("contested");
        await provider.Send("client", HttpMethod.Delete, $"Users/{leaver}", new Wish());
        _heir = await Post("contested");
        _guides = await PostGroup("Tour Guides", Ada);
        await provider.Send("client", HttpMethod.Delete, $"Groups/{await PostGroup("Contested")}", new GroupWish());
        _heirs = await PostGroup("Contested");
        await service.NewToken(Organization, "second");
        await Access.Revoke(service, Organization, "okta");
        await service.NewToken(Organization, "third");

        async Task<Guid> PostGroup(string name, params Guid[] members) => (await provider.Send("client", HttpMethod.Post, "Groups", new GroupWish(name), TestOrganization.GroupBody(name, members.Select(m => m.ToString())))).Entry!.Group!.Value;

        async Task<Guid> Post(string userName) => (await provider.Send("client", HttpMethod.Post, "Users", new Wish(userName), $$"""{"userName":"{{userName}}"}""")).Entry!.Person!.Value;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

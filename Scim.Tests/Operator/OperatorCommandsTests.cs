using System.Text.Json;
using Scim.Api.Hosting;
using Scim.Api.Operator;
using Scim.Domain.Organizations;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Operator;

/// <summary>The program as the operator runs it: what it prints where, and how it ends.</summary>
public sealed class OperatorCommandsTests(OperatorFolder folder) : IClassFixture<OperatorFolder>
{
    [Fact]
    public async Task An_organization_is_ready_for_its_provider_after_one_command()
    {
        var created = await Succeed("organization", "create", "Tour Guides", "--enable-scim", "--issue-token", "okta", "--json", "--as", "bjensen");
        Assert.Single(Lines(created));
        var answer = JsonDocument.Parse(created).RootElement;
        var id = answer.GetProperty("organization").GetGuid().ToString("D");
        Assert.Equal($"http://localhost:5000/scim/v2/{id}", answer.GetProperty("baseUrl").GetString());
        Assert.True(TokenText.IsWellFormed(answer.GetProperty("token").GetString()!));

        // Who did it stands on every event; the owner's connection string opens the database.
        var owner = OperatorFolder.ConnectionString((await Succeed("database", "connection", "--owner")).Trim());
        Assert.Equal("operator:bjensen", await Sql.ScalarAsync(owner, $"select string_agg(distinct user_name, ' ') from history.mt_events where tenant_id = '{id}'"));
        Assert.Equal(3L, await Sql.ScalarAsync(owner, $"select count(*) from history.mt_events where tenant_id = '{id}'"));

        var second = await Succeed("token", "issue", id, "next", "--days", "30");
        Assert.True(TokenText.IsWellFormed(second.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Single(w => w.StartsWith(TokenText.Prefix, StringComparison.Ordinal))));
        Assert.Contains("2 tokens are in use", await Refuse(1, "token", "issue", id, "third"), StringComparison.Ordinal);

        // Without --as it is the operator.
        Assert.Equal("operator", await Sql.ScalarAsync(owner, $"select user_name from history.mt_events where tenant_id = '{id}' and version = 4"));

        var shown = JsonDocument.Parse(await Succeed("organization", "show", "Tour Guides", "--json")).RootElement;
        var token = shown.GetProperty("tokens")[0].GetProperty("id").GetGuid().ToString("D");
        Assert.Contains("is revoked", await Succeed("token", "revoke", id, token), StringComparison.Ordinal);
        Assert.Contains("SCIM is off", await Succeed("organization", "disable-scim", id), StringComparison.Ordinal);
        Assert.Contains("Strict mode is on", await Succeed("organization", "enable-strict", id), StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(await Succeed("organization", "show", id, "--json")).RootElement.GetProperty("strictMode").GetBoolean());
        Assert.Contains("Strict mode is off", await Succeed("organization", "disable-strict", id), StringComparison.Ordinal);
        var tokens = Lines(await Succeed("token", "list", id));
        Assert.Contains(tokens, l => l.Contains(token, StringComparison.Ordinal) && l.Contains("revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_is_issued_shown_once_listed_and_revoked()
    {
        var id = JsonDocument.Parse(await Succeed("organization", "create", "Keyed", "--json")).RootElement.GetProperty("organization").GetGuid().ToString("D");
        Assert.Contains("No key of \"Keyed\"", await Succeed("key", "list", id), StringComparison.Ordinal);
        var issued = JsonDocument.Parse(await Succeed("key", "issue", "Keyed", "siem", "--role", "auditor", "--days", "30", "--json", "--as", "bjensen")).RootElement;
        var (key, text) = (issued.GetProperty("keyId").GetGuid().ToString("D"), issued.GetProperty("key").GetString()!);
        Assert.True(KeyText.IsWellFormed(text));
        Assert.Equal(("auditor", id, $"http://localhost:5000/api/organizations/{id}"), (issued.GetProperty("role").GetString(), issued.GetProperty("organization").GetString(), issued.GetProperty("baseUrl").GetString()));
        Assert.InRange(issued.GetProperty("expiresAt").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromDays(29), TimeSpan.FromDays(30));
        var words = (await Succeed("key", "issue", id, "dashboard", "--role", "reader")).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.True(KeyText.IsWellFormed(words.Single(w => w.StartsWith(KeyText.Prefix, StringComparison.Ordinal))));

        Assert.Contains("is revoked", await Succeed("key", "revoke", id, key), StringComparison.Ordinal);
        Assert.Contains("does not exist", await Refuse(1, "key", "revoke", id, id), StringComparison.Ordinal);
        var listed = JsonDocument.Parse(await Succeed("key", "list", id, "--json")).RootElement;
        Assert.Equal(["siem auditor revoked operator:bjensen", "dashboard reader live operator"],
            listed.EnumerateArray().Select(k => $"{k.GetProperty("label").GetString()} {k.GetProperty("role").GetString()} {k.GetProperty("status").GetString()} {k.GetProperty("createdBy").GetString()}"));
        Assert.DoesNotContain(text, listed.ToString(), StringComparison.Ordinal);
        Assert.Contains(Lines(await Succeed("key", "list")), l => l.Contains(id, StringComparison.Ordinal) && l.Contains(key, StringComparison.Ordinal) && l.EndsWith("  Keyed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Staff_is_invited_by_a_link_listed_and_removed()
    {
        await Succeed("organization", "create", "Staffed");
        var invited = JsonDocument.Parse(await Succeed("admin", "invite", "Staffed", "ada@example.com", "--role", "admin", "--json", "--as", "bjensen")).RootElement;
        Assert.StartsWith("http://localhost:5000/setup/invitation_", invited.GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.Contains("as auditor of \"Staffed\"", await Succeed("admin", "invite", "Staffed", "ADA@example.com", "--role", "auditor"), StringComparison.Ordinal);
        Assert.Contains(Lines(await Succeed("admin", "list", "Staffed")), l => l.Contains("invited  auditor", StringComparison.Ordinal) && l.EndsWith("ada@example.com", StringComparison.Ordinal));
        Assert.Single(Lines(await Succeed("admin", "passkeys", "Staffed")));
        Assert.Contains("does not exist", await Refuse(1, "admin", "remove-passkey", "Staffed", "0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f"), StringComparison.Ordinal);
        Assert.Contains("is removed", await Succeed("admin", "remove", "Staffed", "ada@example.com"), StringComparison.Ordinal);
        Assert.Contains("does not exist", await Refuse(1, "admin", "remove", "Staffed", "ada@example.com"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_run_beside_one_another_and_a_name_of_two_is_refused()
    {
        await Task.WhenAll(Succeed("organization", "create", "Twin"), Succeed("organization", "create", "Twin"));
        var (list, twin, nobody) = (Succeed("organization", "list"), Refuse(2, "organization", "show", "Twin"), Refuse(1, "organization", "show", "0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f"));
        Assert.Equal(2, Lines(await list).Count(l => l.EndsWith("  Twin", StringComparison.Ordinal)));
        Assert.Contains("2 organizations", await twin, StringComparison.Ordinal);
        Assert.Contains("does not exist", await nobody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_the_rules_refuse_is_refused_with_their_reason() =>
        await Refuse(1, "organization", "create", "");

    [Fact]
    public async Task The_operator_key_stands_alone_on_its_line() =>
        Assert.StartsWith("operator_", Assert.Single(Lines(await Succeed("operator", "key"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("serve")]
    [InlineData("organization --as bjensen")]
    [InlineData("organization create")]
    [InlineData("--version now")]
    [InlineData("organization create A --bogus")]
    [InlineData("organization create A --as")]
    [InlineData("token issue A okta --days many")]
    [InlineData("token revoke A B")]
    [InlineData("key issue A siem")]
    [InlineData("key issue A siem --role operator")]
    [InlineData("key revoke A B")]
    [InlineData("database connection --json")]
    [InlineData("token list --expiring soon")]
    [InlineData("backup")]
    [InlineData("restore a.scim --bogus")]
    [InlineData("replay --to 7 --repair")]
    [InlineData("replay --parallel 0")]
    public async Task Wrong_usage_is_told_in_one_line(string arguments) => await Refuse(2, arguments.Split(' '));

    [Fact]
    public async Task The_version_names_the_commit_that_was_built() =>
        Assert.Equal(BuildVersion.Text, Assert.Single(Lines(await Succeed("--version"))));

    [Theory]
    [InlineData("0.1.0+aa98ac572b65ec6d06531d52a063a0b8b1e91227", "0.1.0+aa98ac5")]
    [InlineData("0.1.0+aa98ac5", "0.1.0+aa98ac5")]
    [InlineData("0.1.0", "0.1.0")]
    public void A_commit_is_told_by_its_first_seven_digits(string informational, string told) => Assert.Equal(told, BuildVersion.Short(informational));

    [Fact]
    public async Task Health_of_a_service_that_does_not_run_is_refused() =>
        Assert.Contains("No service runs here", await Refuse(1, "health"), StringComparison.Ordinal);

    [Fact]
    public async Task A_replay_says_what_departs_from_the_history_and_puts_it_right()
    {
        var id = JsonDocument.Parse(await Succeed("organization", "create", "Replayed", "--enable-scim", "--issue-token", "okta", "--json")).RootElement.GetProperty("organization").GetGuid().ToString("D");
        Assert.Equal("identical: 3 events of 1 streams", (await Succeed("replay", "--organization", id)).TrimEnd());
        var owner = OperatorFolder.ConnectionString((await Succeed("database", "connection", "--owner")).Trim());
        await Sql.ScalarAsync(owner, $"update directory.mt_doc_organization set mt_version = 9 where id = '{id}'");

        var (exit, output, _) = await folder.Run("replay", "--organization", id);
        Assert.Equal(3, exit);
        Assert.Equal([$"Organization {id} resource differs: mt_version (version 3)", "different: 1 differences in 3 events of 1 streams, 0 repaired, 1 remain"], Lines(output));
        var json = JsonDocument.Parse((await folder.Run("replay", "--organization", id, "--json")).Output).RootElement;
        Assert.Equal(("differs", "resource", id), (json.GetProperty("differences")[0].GetProperty("kind").GetString(), json.GetProperty("differences")[0].GetProperty("part").GetString(), json.GetProperty("differences")[0].GetProperty("id").GetString()));

        Assert.Contains("repaired: all of 1 differences", await Succeed("replay", "--organization", id, "--repair"), StringComparison.Ordinal);
        Assert.StartsWith("identical: 3 events", await Succeed("replay", "--organization", id), StringComparison.Ordinal);

        // One whose process was killed is gone on with.
        await Sql.ScalarAsync(owner, $"insert into history.replay_run (tenant_id, id, by_whom, repair, holder, heartbeat_at) values ('{id}', gen_random_uuid(), 'operator', false, gen_random_uuid(), now() - interval '11 seconds')");
        Assert.StartsWith("identical: 3 events", await Succeed("replay", "--resume", "--organization", id), StringComparison.Ordinal);
        Assert.Equal("There was nothing to replay.", (await Succeed("replay", "--resume", "--organization", id)).TrimEnd());
    }

    [Fact]
    public async Task Help_lists_the_commands()
    {
        var help = await Succeed("--help");
        foreach (var command in new[] { "organization", "token", "key", "operator", "database", "backup", "restore", "replay", "health", "--as" }) Assert.Contains(command, help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("organization list", true)]
    [InlineData("organisation list", true)]
    [InlineData("--help", true)]
    [InlineData("--version", true)]
    [InlineData("--as=bjensen organization list", true)]
    [InlineData("--urls http://localhost:5001", false)]
    [InlineData("urls=http://localhost:5001", false)]
    [InlineData("", false)]
    public void Settings_of_the_service_are_no_command(string arguments, bool command) =>
        Assert.Equal(command, OperatorCommands.Names(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    async Task<string> Succeed(params string[] arguments)
    {
        var (exit, output, error) = await folder.Run(arguments);
        Assert.Equal((0, ""), (exit, error));
        return output;
    }

    async Task<string> Refuse(int exit, params string[] arguments)
    {
        var (actual, output, error) = await folder.Run(arguments);
        Assert.Equal((exit, ""), (actual, output));
        return Assert.Single(Lines(error));
    }

    static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

using System.Text;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Provisioning.RequestLog;

/// <summary>The parts of the log that are functions, by tables.</summary>
public sealed class PureParts
{
    [Theory]
    [InlineData("Okta SCIM Client 1.0.0", "", "", "", "Okta")]
    [InlineData(null, "", "X-Okta-Request-Id", "", "Okta")]
    [InlineData(null, "Users?aadOptscim062020", "", "", "Entra")]
    [InlineData(null, "", "", "Replace", "Entra")]
    [InlineData("", "", "", "add,Add", "Entra")]
    [InlineData(null, "", "", "replace", "unknown")]
    [InlineData("curl/8.0", "", "", "Replace", "unknown")]
    [InlineData("OneLogin SCIM", "", "", "", "OneLogin")]
    [InlineData("JumpCloud-SCIM/1.0", "", "", "", "JumpCloud")]
    [InlineData("PingFederate/12.0", "", "", "", "Ping")]
    [InlineData("PingOne", "", "", "", "Ping")]
    [InlineData("Google-Auto-Provisioning", "", "", "", "Google")]
    [InlineData("SailPoint Connector", "", "", "", "SailPoint")]
    [InlineData(null, "", "", "", "unknown")]
    public void A_provider_is_told_by_its_agent_and_its_shape(string? agent, string path, string header, string ops, string provider) =>
        Assert.Equal(provider, Provider.Of(agent, path, [header, "Accept"], ops.Split(',')));

    [Theory]
    [InlineData("""{"password":"s","a":1}""", """{"a":1}""")]
    [InlineData("""{"PassWord":"s"}""", "{}")]
    [InlineData("""{"urn:ietf:params:scim:schemas:core:2.0:User:password":"s"}""", "{}")]
    [InlineData("""{"x":{"y":[{"password":"s","z":2}]}}""", """{"x":{"y":[{"z":2}]}}""")]
    [InlineData("""{"Operations":[{"op":"replace","path":"password","value":"s"}]}""", """{"Operations":[{"op":"replace","path":"password"}]}""")]
    [InlineData("""{"Operations":[{"value":"s","path":"urn:x:Password","op":"replace"}]}""", """{"Operations":[{"path":"urn:x:Password","op":"replace"}]}""", true)]
    [InlineData("""{"access_token":"s","clientSecret":"s","apiKey":"s","Authorization":"s"}""", "{}")]
    [InlineData("""{"note":"{\"password\":\"s\"}"}""", """{"note":"[not stored]"}""")]
    [InlineData("""{"note":"Bearer abcdefgh12345"}""", """{"note":"[not stored]"}""")]
    [InlineData("""{"note":"a scimkey_AnpXI4VlYcWUAlvuu7kq1OFDwGJztCss5jYdTXjIfyw1PM86H"}""", """{"note":"a [not stored]"}""")]
    [InlineData("""{"note":"scim_AnpXI4VlYcWUAlvuu7kq1OFDwGJztCss5jYdTXjIfyw1PM86H"}""", """{"note":"[not stored]"}""")]
    [InlineData("""{"title":"Tour Guide","n":1.50,"t":true,"u":null}""", """{"title":"Tour Guide","n":1.5,"t":true,"u":null}""")]
    [InlineData("""[1,{"a":2}]""", """[1,{"a":2}]""")]
    public void A_body_is_kept_without_secrets(string sent, string kept, bool pathHidden = false)
    {
        var body = Body(sent, sent.Length);
        Assert.Equal(("json", false), (body.Kind, body.Cut));
        Assert.Equal(pathHidden ? """{"Operations":[{"path":"[not stored]","op":"replace"}]}""" : kept.Replace("\"path\":\"password\"", "\"path\":\"[not stored]\"", StringComparison.Ordinal), body.Value!.ToString());
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"c":"lo""", """{"a":1,"b":{}}""")]
    [InlineData("""{"a":[1,2,{"x":"y"}""", """{"a":[1,2,{"x":"y"}]}""")]
    [InlineData("""{"Operations":[{"op":"replace","value":{"deep":"s"},"pa""", """{"Operations":[{"op":"replace"}]}""")]
    [InlineData("""{"Operations":[{"op":"add","path":"members","value":[{"value":"1"},{"val""", """{"Operations":[{"op":"add","path":"members","value":[{"value":"1"},{}]}]}""")]
    public void The_beginning_of_a_body_is_kept_as_a_value(string beginning, string kept)
    {
        var body = Body(beginning, 100_000);
        Assert.Equal(("json", true, 100_000L), (body.Kind, body.Cut, body.Bytes));
        Assert.Equal(kept, body.Value!.ToString());
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    public void Of_what_is_no_JSON_only_size_and_kind_are_kept(string sent)
    {
        var body = Body(sent, sent.Length);
        Assert.Equal(("unparsable", (long)sent.Length, null), (body.Kind, body.Bytes, body.Value));
    }

    static LoggedBody Body(string text, long total) => LoggedBody.Of(Encoding.UTF8.GetBytes(text), total)!;

    [Fact]
    public void A_body_in_pieces_is_kept_to_64_KB_and_counted_to_its_end()
    {
        var trace = new RequestTrace();
        for (var i = 0; i < 100; i++) trace.Received(Encoding.UTF8.GetBytes(new string((char)('a' + i % 26), 1000)));
        Assert.Equal((100_000L, RequestTrace.MaxBody, true), (trace.Request.Total, trace.Request.Bytes.Length, trace.Request.IsCut));
        Assert.Equal((byte)'b', trace.Request.Bytes.Span[1500]);
    }

    [Theory]
    [InlineData("PATCH", 1, 0, "Add 1 member to 7")]
    [InlineData("PATCH", 0, 3, "Remove 3 members from 7")]
    [InlineData("PATCH", 2, 1, "Add 2 members to 7 and remove 1")]
    [InlineData("PUT", 0, 10, "Replace 7 (0 members came, 10 went)")]
    public void A_change_of_members_is_counted(string verb, int added, int removed, string sentence)
    {
        var request = ScimReader.ReadObject("""{"Operations":[{"op":"add","path":"members","value":[{"value":"1"}]}]}"""u8);
        Assert.Equal(sentence, LoggedAction.Of(new Told(verb, "Groups", "7", 204) { Events = ["group_members_added"], Request = request, Members = (added, removed) }).Sentence);
    }

    [Theory]
    [InlineData("POST", "Users", null, 201, "user_provisioned", """{"userName":"ada"}""", "", "create", "Create ada")]
    [InlineData("POST", "Users", null, 201, "user_reactivated", """{"userName":"ada"}""", "", "reactivate", "Bring back ada")]
    [InlineData("POST", "Users", null, 400, "", "{}", "", "create", "Create a person: refused (400)")]
    [InlineData("PUT", "Users", "7", 200, "", """{"userName":"ada"}""", "", "replace", "Replace ada: nothing changed")]
    [InlineData("PUT", "Users", "7", 200, "user_deactivated", """{"userName":"ada"}""", "", "deactivate", "Deactivate ada")]
    [InlineData("PUT", "Users", "7", 412, "", "{}", "", "replace", "Replace 7: refused (412)")]
    [InlineData("PATCH", "Users", "7", 200, "user_renamed", "{}", "", "rename", "Rename 7")]
    [InlineData("PATCH", "Users", "7", 200, "", """{"Operations":[{"op":"replace","path":"active","value":"False"}]}""", "", "deactivate", "Deactivate 7: nothing changed")]
    [InlineData("PATCH", "Users", "7", 503, "", """{"Operations":[{"op":"replace","value":{"active":false}}]}""", "", "deactivate", "Deactivate 7: failed (503)")]
    [InlineData("PATCH", "Groups", "7", 200, "group_members_added", """{"Operations":[{"op":"add","path":"members","value":[{"value":"1"}]}]}""", "", "members", "Change the members of 7")]
    [InlineData("PATCH", "Groups", "7", 200, "group_renamed", """{"displayName":"Guides"}""", "", "rename", "Rename Guides")]
    [InlineData("DELETE", "Users", "7", 204, "user_deleted", null, "", "delete", "Delete 7")]
    [InlineData("DELETE", "Groups", "7", 404, "", null, "", "delete", "Delete 7: not found")]
    [InlineData("GET", "Users", "7", 200, "", null, "", "read", "Read 7")]
    [InlineData("GET", "Users", "7", 304, "", null, "", "read", "Read 7: unchanged since it was last read")]
    [InlineData("GET", "Users", null, 200, "", null, "userName eq \"a\"", "lookUp", "Look up a person by userName")]
    [InlineData("GET", "Groups", null, 200, "", null, "displayName eq \"a\"", "lookUp", "Look up a group by displayName")]
    [InlineData("GET", "Users", null, 200, "", null, "userName sw \"a\" and active eq true", "list", "List people by a filter")]
    [InlineData("GET", "Users", null, 429, "", null, "", "list", "List people: too many requests")]
    [InlineData("POST", "Users", ".search", 200, "", "{}", "userName eq \"a\"", "lookUp", "Look up a person by userName")]
    [InlineData("GET", "all", null, 200, "", null, "", "list", "List people and groups")]
    [InlineData("POST", "Bulk", null, 200, "", """{"Operations":[{},{}]}""", "", "bulk", "Run 2 operations")]
    [InlineData("GET", "Schemas", null, 200, "", null, "", "discovery", "Read Schemas")]
    [InlineData("GET", null, null, 404, "", null, "", "other", "GET of a path where nothing is: not found")]
    [InlineData("OPTIONS", "Users", null, 204, "", null, "", "options", "Ask which verbs are allowed")]
    public void A_request_is_one_sentence(string verb, string? resource, string? id, int status, string events, string? request, string filter, string kind, string sentence)
    {
        var action = LoggedAction.Of(new Told(verb, resource, id, status)
        {
            Request = request is null ? null : ScimReader.ReadObject(Encoding.UTF8.GetBytes(request)),
            Events = events.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Filter = filter.Length > 0 ? filter : null,
        });
        Assert.Equal((kind, sentence), (action.Kind, action.Sentence));
    }

    [Fact]
    public void Every_kind_of_error_has_a_next_step_of_its_own()
    {
        Assert.Null(NextStep.For(null, "Okta"));
        foreach (var (provider, others) in new[] { ("Okta", "Entra"), ("Entra", "Okta"), ("OneLogin", "Okta"), (Provider.Unknown, "Okta") })
        {
            Assert.All(ErrorKind.All, kind => Assert.True(NextStep.For(kind, provider) is { Length: > 20 } step && !step.Contains(others, StringComparison.Ordinal) && !step.Contains('{', StringComparison.Ordinal), kind));
            Assert.Equal(ErrorKind.All.Count, ErrorKind.All.Select(k => NextStep.For(k, provider)).Distinct().Count());
        }
        Assert.Contains("in Microsoft Entra", NextStep.For("uniqueness", "Entra"), StringComparison.Ordinal);
        Assert.Contains("in your identity provider", NextStep.For("uniqueness", null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_has_the_kind_of_its_status_and_keyword_or_a_finer_one()
    {
        Assert.Equal("invalidFilter", ScimException.InvalidFilter("x").Kind);
        Assert.Equal("notFound", ScimException.NotFound("User", "1").Kind);
        Assert.Equal("unavailable", ScimException.Unavailable("x").Kind);
        Assert.Equal("heldByDeactivated", Scim.Domain.Users.ProvisioningMatch.HeldByDeactivated().Kind);
        Assert.Equal("conflict", ScimException.Conflict("x").Kind);
        Assert.Equal("failure", new ScimException(507, null, "x").Kind);
    }

    [Fact]
    public void Whom_a_request_names_is_found_in_every_spelling_and_by_nobody_without_the_key()
    {
        var named = Hashes(s =>
        {
            s.Body(ScimReader.ReadObject("""{"userName":"ＡDA@example.com","externalId":"00u1","emails":[{"value":"Babs@x.org"}],"Operations":[{"path":"userName","value":"Carol"},{"path":"emails[type eq \"work\"].value","value":"d@x.org"},{"path":"members","value":[{"value":"01a20c92-618d-706e-8673-3da5d9153c2e"}]}]}"""u8));
            s.Filter("externalId eq \"00u2\" or userName EQ \"e\\\"f\"");
        });
        var expected = Hashes(s =>
        {
            foreach (var name in new[] { "ada@example.com", "babs@x.org", "CAROL", "D@X.org", "e\"f" }) s.Name(name);
            s.External("00u1");
            s.External("00u2");
            s.Id(Guid.Parse("01a20c92-618d-706e-8673-3da5d9153c2e"));
        });
        Assert.Equal(expected, named);
        Assert.Empty(named.Intersect(Hashes(s => s.Name("ada@example.com"), key: 2)));

        static string[] Hashes(Action<Subjects> name, byte key = 1)
        {
            var subjects = new Subjects(new byte[] { key });
            name(subjects);
            return [.. subjects.Hashes().Select(Convert.ToHexString)];
        }
    }
}

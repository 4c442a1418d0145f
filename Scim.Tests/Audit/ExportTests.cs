using System.IO.Compression;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Scim.Tests.Faults;
using Scim.Tests.Provisioning.RequestLog;

namespace Scim.Tests.Audit;

/// <summary>Exports: the rows, and the manifest that describes exactly these bytes.</summary>
public sealed class ExportTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<TestOrganization> Peopled(int people)
    {
        var organization = await service.NewOrganization();
        string[] ids = [.. (await Races.AtOnce(people, n => organization.NewUser($"p{n}@example.com", $",\"active\":true,\"displayName\":\"=P, \\\"{n}\\\"\""))).Select(p => p.Id)];
        await organization.NewGroup("Team", ids);
        await organization.Activate(ids[0], false);
        return organization;
    }

    [Theory]
    [InlineData("events", 4 + 5 + 3)] // the organization's own; five people; a group, its members, a deactivation
    [InlineData("directory", 5)]
    [InlineData("review", 4)]
    [InlineData("leavers?fromPosition=0", 1)]
    [InlineData("difference?fromPosition=0", 5 + 1 + 5)]
    [InlineData("access", 5 + 5 + 1)]
    public async Task A_manifest_describes_exactly_the_bytes_that_left(string what, int expected)
    {
        using var organization = await Peopled(5);
        using var auditor = service.ApiClient(await service.NewKey(organization.Id, "auditor"));
        foreach (var format in new[] { "ndjson", "csv" })
        {
            using var answer = await auditor.GetAsync($"/api/organizations/{organization.Id}/audit/export/{what}{(what.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format={format}", Ct);
            var bytes = await answer.Content.ReadAsByteArrayAsync(Ct);
            Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(bytes));
            var id = answer.Headers.GetValues("Scim-Export").Single();
            Assert.Equal($"</api/organizations/{organization.Id}/audit/exports/{id}>; rel=\"describedby\"", answer.Headers.GetValues("Link").Single());
            var manifest = await auditor.Json(organization, $"audit/exports/{id}");
            Assert.Equal(("complete", format, what.Split('?')[0], bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))),
                (manifest.Text("state"), manifest.Text("format"), manifest.Text("what"), manifest.GetProperty("bytes").GetInt32(), manifest.Text("sha256")));
            Assert.StartsWith("key:", manifest.GetProperty("by").Text("actor"), StringComparison.Ordinal);
            Assert.All(new[] { "firstPosition", "lastPosition" }, p => Assert.StartsWith("1.", manifest.Text(p), StringComparison.Ordinal));
            var rows = format == "csv" ? Table(Encoding.UTF8.GetString(bytes)).Count - 1 : Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l)).Count();
            Assert.Equal((expected, expected), (rows, manifest.GetProperty("rows").GetInt32()));
        }
        var list = (await auditor.Json(organization, "audit/exports?count=1"));
        var next = await auditor.Json(organization, $"audit/exports?count=1&cursor={list.Text("next")}");
        Assert.NotEqual(list.GetProperty("exports")[0].Text("id"), next.GetProperty("exports")[0].Text("id"));
        Assert.Equal(JsonValueKind.Null, next.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Events_are_in_their_order_and_no_cell_is_a_formula()
    {
        using var organization = await Peopled(3);
        var csv = await service.Operator.GetStringAsync($"/api/organizations/{organization.Id}/audit/export/directory?format=csv", Ct);
        var table = Table(csv);
        Assert.All(table, line => Assert.Equal(table[0].Count, line.Count));
        Assert.Equal(3, table.Skip(1).Count(line => line[4].StartsWith("'=P, \"", StringComparison.Ordinal)));
        var events = (await service.Operator.GetStringAsync($"/api/organizations/{organization.Id}/audit/export/events", Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        var positions = events.Select(e => long.Parse(e.Text("position")![2..], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(positions.Order(), positions);
        Assert.Equal("organization_created", events[0].Text("type"));
        Assert.DoesNotContain(events, e => e.GetProperty("data").TryGetProperty("hash", out _));
        Assert.Equal("=P, \"0\"", Assert.Single(events, e => e.Text("type") == "user_provisioned" && e.GetProperty("data").GetProperty("resource").Text("userName") == "p0@example.com").GetProperty("data").Text("label"));
        Assert.Equal(404, (await service.Operator.Ask(organization, "audit/export/secrets")).Status);
        Assert.Equal(404, (await service.Operator.Ask(organization, $"audit/exports/{Guid.CreateVersion7()}")).Status);
        Assert.Equal(400, (await service.Operator.Ask(organization, "audit/export/events?from=2099-01-01T00:00:00Z")).Status);
    }

    [Fact]
    public async Task Requests_leave_as_they_are_listed_and_what_can_be_read_no_more_stays_unread()
    {
        using var organization = await Peopled(3);
        await organization.Post("Users", """{"userName":"P1@example.com"}""");
        var refused = organization.LastRequest!;
        await organization.Written();
        async Task<JsonElement[]> Rows(string query) => [.. (await service.Operator.GetStringAsync($"/api/organizations/{organization.Id}/audit/export/requests?{query}", Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
        var listed = (await service.Operator.Json(organization, "requests?kind=writes")).GetProperty("requests").EnumerateArray().Select(r => r.ToString());
        Assert.Equal(listed, (await Rows("kind=writes")).Select(r => r.ToString()));
        Assert.Equal("Create P1@example.com: refused (409 uniqueness)", Assert.Single(await Rows("person=p1@example.com&kind=errors")).Text("sentence"));
        var manifest = (await service.Operator.Json(organization, "audit/exports")).GetProperty("exports")[0];
        Assert.Equal(("requests", "errors", JsonValueKind.Null), (manifest.Text("what"), manifest.GetProperty("query").Text("kind"), manifest.GetProperty("firstPosition").ValueKind));

        await service.Sql("update history.request_log set sealed = null where tenant_id = $1 and id = $2", organization.Id.ToString("D"), Guid.Parse(refused));
        var unread = Assert.Single(await Rows("status=409"));
        Assert.Equal(("expired", JsonValueKind.Null, JsonValueKind.Null), (unread.Text("content"), unread.GetProperty("sentence").ValueKind, unread.GetProperty("detail").ValueKind));
        Assert.DoesNotContain("p1@", unread.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(400, (await service.Operator.Ask(organization, "audit/export/requests?status=odd")).Status);
    }

    [Fact]
    public async Task The_hash_is_of_the_bytes_before_compression()
    {
        using var organization = await Peopled(3);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/organizations/{organization.Id}/audit/export/events?format=csv");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var answer = await service.Operator.SendAsync(request, Ct);
        Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
        await using var unpacked = new GZipStream(await answer.Content.ReadAsStreamAsync(Ct), CompressionMode.Decompress);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(unpacked, Ct));
        Assert.Equal(hash, (await service.Operator.Json(organization, $"audit/exports/{answer.Headers.GetValues("Scim-Export").Single()}")).Text("sha256"));
    }

    [Fact]
    public async Task An_export_whose_reader_goes_away_is_told_as_broken()
    {
        using var organization = await service.NewOrganization();
        var padding = string.Join(',', Enumerable.Range(0, 40).Select(n => $$"""{"value":"{{n}}{{new string('x', 1000)}}"}"""));
        await Races.AtOnce(4, async n =>
        {
            for (var m = 0; m < 60; m++) await organization.NewUser($"p{n}-{m}", $",\"roles\":[{padding}]");
            return true;
        });
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(service.Address.Host, service.Address.Port, Ct);
        var key = service.Operator.DefaultRequestHeaders.Authorization;
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/organizations/{organization.Id}/audit/export/events HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\n\r\n"), Ct);
        await client.GetStream().ReadExactlyAsync(new byte[1000], Ct);
        var exports = (await service.Operator.Json(organization, "audit/exports")).GetProperty("exports");
        Assert.Equal("running", Assert.Single(exports.EnumerateArray()).Text("state"));
        client.Client.LingerState = new LingerOption(true, 0);
        client.Close();
        await Until.True(async () => (await service.Operator.Json(organization, "audit/exports")).GetProperty("exports")[0].Text("state") == "broken", "The export is not told as broken.", 20);
        var manifest = (await service.Operator.Json(organization, "audit/exports")).GetProperty("exports")[0];
        Assert.Equal(JsonValueKind.Null, manifest.GetProperty("sha256").ValueKind);
    }

    /// <summary>A reader of RFC 4180 that knows nothing of the writer.</summary>
    static List<List<string>> Table(string text)
    {
        var (table, line, cell, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted)
            {
                if (text[i] != '"') cell.Append(text[i]);
                else if (i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
                else quoted = false;
                continue;
            }
            switch (text[i])
            {
                case '"': quoted = true; break;
                case ',':
                    line.Add(cell.ToString());
                    cell.Clear();
                    break;
                case '\r':
                    Assert.Equal('\n', text[++i]);
                    line.Add(cell.ToString());
                    cell.Clear();
                    table.Add(line);
                    line = [];
                    break;
                default: cell.Append(text[i]); break;
            }
        }
        Assert.Empty(line);
        return table;
    }
}

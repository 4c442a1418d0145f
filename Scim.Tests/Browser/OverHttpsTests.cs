using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;
using Scim.Api.CommandCenter.Organizations;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Browser;

/// <summary>What browsers demand of cookies that are bound to their host, over real TLS.</summary>
[Collection(InChromium.Name)]
public sealed class OverHttpsTests(Chromium chromium, OwnCluster cluster) : IClassFixture<OwnCluster>
{
    [Fact]
    public async Task Over_TLS_a_passkey_signs_in_and_every_cookie_is_bound_to_its_host()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(key);
        var file = Path.Combine(Directory.CreateDirectory(folder.Folder.FullPath).FullName, "localhost.pfx");
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pfx), ct);
        var port = FreePort();
        var root = $"https://localhost:{port}";
        var settings = new Dictionary<string, string?>((await cluster.NewDatabase()).Settings())
        {
            ["Scim:PublicOrigin"] = root,
            ["Kestrel:Endpoints:Https:Url"] = $"https://127.0.0.1:{port}",
            ["Kestrel:Endpoints:Https:Certificate:Path"] = file,
        };
        await using var own = await OwnDatabase.Start(settings);
        var all = await own.Service.Foundation.Placement.OrganizationsAsync(ct);

        await using var trusting = await chromium.Trusting(Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
        var context = await trusting.NewContextAsync();
        var page = await context.NewPageAsync();
        await WithPasskeys.Authenticator(context, page);
        await page.GotoAsync($"{root}/setup/{await own.Get<StaffAccounts>().FirstLink(all, ct)}");
        await page.GetByLabel("Email address").FillAsync("ada@example.com");
        await page.Locator("main button").ClickAsync();
        await page.GetByText("Signed in as ada@example.com, admin").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.Arrives(root + "/sign-in");
        await page.Locator("main button").ClickAsync();
        await page.GetByText("Signed in as ada@example.com, admin").WaitForAsync();

        // The browser itself refuses a cookie of that prefix that is not secure, has a domain or another path.
        var cookies = await context.CookiesAsync();
        Assert.Equal(["__Host-cc", "__Host-cc-form"], cookies.Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.All(cookies, c => Assert.True(c is { Secure: true, HttpOnly: true, Path: "/" }));
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static X509Certificate2 Certificate(ECDsa key)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
    }
}

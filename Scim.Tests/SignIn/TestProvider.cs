using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Scim.Tests.SignIn;

/// <summary>A provider of OpenID Connect that checks what the standard has it check: client, code, PKCE, redirect address.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    internal const string ClientId = "command-center", ClientSecret = "a secret between the two";

    static readonly RsaSecurityKey Key = new(RSA.Create(2048)) { KeyId = "k1" };

    readonly WebApplication _app;
    readonly ConcurrentDictionary<string, Dictionary<string, string>> _codes = new();

    TestProvider(WebApplication app) => _app = app;

    /// <summary>What the provider says of whoever comes next; auth_time among it where it asks for a proof.</summary>
    internal Dictionary<string, object> Claims { get; set; } = [];

    /// <summary>What was asked for last.</summary>
    internal Dictionary<string, string> Asked { get; private set; } = [];

    internal string Issuer => _app.Urls.First();

    internal static async Task<TestProvider> Start()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new TestProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
        {
            ["issuer"] = provider.Issuer,
            ["authorization_endpoint"] = provider.Issuer + "/authorize",
            ["token_endpoint"] = provider.Issuer + "/token",
            ["jwks_uri"] = provider.Issuer + "/keys",
            ["response_types_supported"] = new[] { "code" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        });
        app.MapGet("/keys", () =>
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(Key);
            return new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = key.Kid, n = key.N, e = key.E } } };
        });
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", (Delegate)provider.Token);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    IResult Authorize(HttpContext http)
    {
        Asked = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        if (Asked["client_id"] != ClientId || Asked["response_type"] != "code" || Asked["code_challenge_method"] != "S256") return Results.BadRequest();
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _codes[code] = Asked;
        return Results.Redirect(QueryHelpers.AddQueryString(Asked["redirect_uri"], new Dictionary<string, string?> { ["code"] = code, ["state"] = Asked["state"] }));
    }

    async Task<IResult> Token(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(TestContext.Current.CancellationToken);
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret || !_codes.TryRemove(form["code"].ToString(), out var asked) || form["redirect_uri"] != asked["redirect_uri"]
            || WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked["code_challenge"])
            return Results.BadRequest(new { error = "invalid_grant" });
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = ClientId,
            Expires = DateTime.UtcNow.AddMinutes(5),
            SigningCredentials = new(Key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object>(Claims) { ["sub"] = Claims.GetValueOrDefault("sub", $"00u of {Claims["email"]}".ToLowerInvariant()), ["nonce"] = asked["nonce"] },
        });
        return Results.Json(new { access_token = "none", token_type = "Bearer", id_token = token });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

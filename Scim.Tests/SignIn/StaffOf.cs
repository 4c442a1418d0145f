using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.Organizations;

namespace Scim.Tests.SignIn;

/// <summary>A member of an organization's staff, joined, whose sessions tests begin without a browser.</summary>
internal sealed class StaffOf(TestService service, Guid organization, Guid staff) : IDisposable
{
    readonly HttpClient _client = new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = service.Address };

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal Guid Organization => organization;

    internal Guid Staff => staff;

    internal StaffAccounts Accounts => service.Get<StaffAccounts>();

    internal Uri Address => service.Address;

    /// <summary>The administrator of a new organization.</summary>
    internal static async Task<StaffOf> New(TestService service, string email = "ada@example.com")
    {
        using var organization = await service.NewOrganization("Tour Guides");
        return await Of(service, organization.Id, email);
    }

    /// <summary>One more of an organization.</summary>
    internal static async Task<StaffOf> Of(TestService service, Guid organization, string email = "ada@example.com", string role = Roles.Admin)
    {
        var (member, _) = await service.Get<StaffAccounts>().Invite(Operator(organization), email, role, Ct);
        await service.Get<OrganizationAdministration>().JoinStaff(Operator(organization), member.Id);
        return new StaffOf(service, organization, member.Id);
    }

    internal static Caller Operator(Guid organization) => new(organization, "operator", Guid.CreateVersion7()) { Source = Domain.History.Source.Operator };

    internal Caller ByOperator => Operator(organization);

    internal Task<string> Session() => service.Get<Sessions>().Begin(organization, staff, "192.0.2.1", "a browser", Ct);

    /// <summary>Registers a passkey that no authenticator has, and answers its id.</summary>
    internal async Task<Guid> Passkey(string agent = "a browser")
    {
        var before = (await Accounts.Passkeys(organization, Ct)).Select(p => p.Id).ToHashSet();
        var random = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);
        await service.Get<StaffPasskeys>().Keep(new(organization, staff), new(random, random, DateTimeOffset.UtcNow, 0, [], true, true, true, random, random), agent, Ct);
        return (await Accounts.Passkeys(organization, Ct)).Single(p => !before.Contains(p.Id)).Id;
    }

    /// <summary>Asks for a page with that session, or as a stranger.</summary>
    internal async Task<(int Status, string Text, HttpResponseMessage Response)> Get(string path, string? session = null, string? bearer = null, string cookie = "cc")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (session is not null) request.Headers.Add("Cookie", $"{cookie}={session}");
        if (bearer is not null) request.Headers.Authorization = new("Bearer", bearer);
        var response = await _client.SendAsync(request, Ct);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Ct), response);
    }

    internal Task<HttpResponseMessage> Post(string path, string? session, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))) };
        if (session is not null) request.Headers.Add("Cookie", $"cc={session}");
        return _client.SendAsync(request, Ct);
    }

    public void Dispose() => _client.Dispose();
}

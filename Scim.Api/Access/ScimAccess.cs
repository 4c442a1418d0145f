using System.Collections.Concurrent;
using System.Net;
using Scim.Api.EventStore;
using Scim.Domain.Dialects;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Access;

/// <summary>Proves who calls <c>/scim/v2/{organization}</c>: the path names the organization, one of its tokens proves it.</summary>
internal sealed class ScimAccess(OrganizationCache organizations, TokenUse uses, CallRates rates, TimeProvider clock)
{
    /// <summary>For finding out who calls; then "cannot know" is the answer.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    const string Door = "scim";

    // Organizations and hashes of tokens that were right there: an address that guesses keeps nobody out who shares it.
    readonly ConcurrentDictionary<(string Organization, string Hash), bool> _proved = new();

    /// <summary>
    /// The caller, before anything of the request is read. A malformed token costs no query; whatever cannot be known is
    /// 503, never 401.
    /// </summary>
    /// <exception cref="ScimException">401 one generic body, or which of expired and revoked; 403 while SCIM is off; 429.</exception>
    internal async Task<(Caller Caller, Organization Organization)> Prove(HttpContext http, string organizationSegment, Guid requestId)
    {
        var address = http.Connection.RemoteIpAddress;
        var (text, repeated) = BearerToken.Of(http.Request);
        var hash = text is not null && TokenText.IsWellFormed(text) ? Convert.ToBase64String(TokenText.Hash(text)) : null;
        if (hash is null || !_proved.ContainsKey((organizationSegment, hash))) rates.CheckStranger(Door, address);
        try
        {
            if (hash is null) throw Unauthorized();
            var proved = await Prove(http, organizationSegment, requestId, hash, repeated);
            _proved.TryAdd((organizationSegment, hash), true);
            return proved;
        }
        catch (ScimException e) when (e.Status == 401)
        {
            rates.CountStranger(Door, address);
            throw;
        }
    }

    async Task<(Caller Caller, Organization Organization)> Prove(HttpContext http, string organizationSegment, Guid requestId, string hash, bool repeated)
    {
        // Only the one spelling: lower-case 8-4-4-4-12.
        if (!Guid.TryParseExact(organizationSegment, "D", out var id) || id.ToString("D") != organizationSegment) throw Unauthorized();
        var organization = await Deadline.Within(Patience, ct => organizations.Find(id, ct), http.RequestAborted) ?? throw Unauthorized();
        var token = BearerToken.Find(organization, hash);
        if (token is null)
        {
            // Generated on another node within the second, perhaps: a provider that is refused once may give up for good.
            organization = await Deadline.Within(Patience, ct => organizations.Renew(id, ct), http.RequestAborted) ?? throw Unauthorized();
            token = BearerToken.Find(organization, hash) ?? throw Unauthorized();
        }

        http.Features.Set(new KnownToken(organization, token));
        var now = clock.GetUtcNow();
        if (!token.IsLive(now)) throw Invalid(token.StatusAt(now));
        if (!organization.ScimEnabled)
            throw new ScimException(403, null, "SCIM provisioning is switched off for this organization. An administrator switches it on at Settings > Identity and Access > End User > SCIM Provisioning.") { Kind = ErrorKind.ScimOff };

        uses.Note(id, token.Id, http, now);
        var notes = new Notes(organization.IsStrict);
        if (repeated && notes.Strict) throw ScimException.BadRequest("The Authorization header repeats its scheme; right would be \"Bearer\" once and the token.");
        if (repeated) BearerToken.Repeated.Note(notes, "");
        return (new Caller(id, $"scim-token:{token.Id:D}", requestId)
        {
            Source = Domain.History.Source.Scim,
            Token = token.Id,
            Ip = Address(http.Connection.RemoteIpAddress),
            ProviderRequest = ProviderRequest(http.Request),
            Agent = http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null,
            Notes = notes,
        }, organization);
    }

    static ScimException Unauthorized() => new(401, null, "The request carries no token of this organization.");

    static ScimException Invalid(string status) => new(401, null, $"The token is {status}. Generate another and paste it into the identity provider.")
    {
        TokenError = $"The token is {status}",
        Kind = status == "revoked" ? ErrorKind.TokenRevoked : ErrorKind.TokenExpired,
    };

    /// <summary>An address as it is written down.</summary>
    internal static string? Address(IPAddress? address) => address is null ? null : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    // Okta and Entra each have a header of their own; others use the usual ones.
    internal static string? ProviderRequest(HttpRequest request)
    {
        foreach (var name in new[] { "X-Okta-Request-Id", "client-request-id", "x-ms-client-request-id", "X-Request-Id", "X-Correlation-Id" })
            if (request.Headers[name].ToString() is { Length: > 0 } id) return id;
        return null;
    }
}

/// <summary>The token that a request carries and the organization it is of, also when it opens nothing any more.</summary>
internal sealed record KnownToken(Organization Organization, Token Token);

using Scim.Api.EventStore;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Access;

/// <summary>
/// Proves who calls <c>/api</c>: the operator by the operator key, or a key of the organization that the path names. What
/// the proved caller may ask is decided by <see cref="RouteRoles"/>.
/// </summary>
internal sealed class ApiAccess(OperatorAccess operators, OrganizationCache organizations, TokenUse uses, CallRates rates, TimeProvider clock)
{
    const string Door = "api";

    /// <summary>The caller, before anything of the request is read; whatever cannot be known is 503, never 401.</summary>
    /// <param name="byPassword">Whether the operator key counts as a password too.</param>
    /// <exception cref="ScimException">401 one generic body, or which of expired and revoked; 429.</exception>
    internal async Task<ApiCaller> Prove(HttpContext http, bool byPassword)
    {
        var address = http.Connection.RemoteIpAddress;
        rates.CheckStranger(Door, address);
        try
        {
            if (operators.IsProved(http.Request) || (byPassword && operators.IsProvedByPassword(http.Request)))
                return new ApiCaller(Roles.Operator, "operator", Organization: null, clock);
            return await ProveKey(http);
        }
        catch (ScimException e) when (e.Status == 401)
        {
            rates.CountStranger(Door, address);
            throw;
        }
    }

    /// <summary>Whether a caller that was proved may go on reading of that organization: asked while an answer lasts, at most a second behind.</summary>
    internal async Task<bool> MayGoOn(ApiCaller caller, Guid organization, CancellationToken ct) => await organizations.Find(organization, ct) is { } found
        && (caller.Role == Roles.Operator ? !found.HasStaff : found.Keys.Any(k => caller.Actor == $"key:{k.Id:D}" && k.IsLive(clock.GetUtcNow())));

    // A malformed key costs no query, and another organization's answers as one that nobody has.
    async Task<ApiCaller> ProveKey(HttpContext http)
    {
        if (BearerToken.Of(http.Request).Token is not { } text || !KeyText.IsWellFormed(text) || Named(http.Request.Path) is not { } id) throw Unauthorized();
        var hash = Convert.ToBase64String(KeyText.Hash(text));
        var key = BearerToken.FindKey(await Known(organizations.Find), hash);
        // Issued on another node within the second, perhaps.
        key ??= BearerToken.FindKey(await Known(organizations.Renew), hash) ?? throw Unauthorized();

        var now = clock.GetUtcNow();
        if (!key.IsLive(now)) throw Invalid(key.StatusAt(now));
        rates.Count(key.Id);
        uses.Note(id, key.Id, http, now);
        return new ApiCaller(key.Role, $"key:{key.Id:D}", id, clock);

        async Task<Organization> Known(Func<Guid, CancellationToken, Task<Organization?>> look) =>
            await Deadline.Within(ScimAccess.Patience, ct => look(id, ct), http.RequestAborted) ?? throw Unauthorized();
    }

    // As routing will read it: /api/organizations/{organization}/…
    static Guid? Named(PathString path) =>
        path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries) is [_, var organizations, var segment, ..]
        && organizations.Equals("organizations", StringComparison.OrdinalIgnoreCase) && Guid.TryParse(segment, out var id) ? id : null;

    static ScimException Unauthorized() => new(401, null, "The request carries no key that opens this.");

    static ScimException Invalid(string status) => new(401, null, $"The key is {status}.") { TokenError = $"The key is {status}" };
}

using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>Somebody, or a group, that has what a request wanted.</summary>
internal sealed record NameHolder(bool IsGroup, Guid Id, string? Name, string? UserName, string? ExternalId, DateTimeOffset Created);

/// <summary>Finds who stands now in the way of a request that was refused with 409, by what its body names.</summary>
internal sealed class NameHolders(UserDirectory people, GroupDirectory groups)
{
    internal async Task<IReadOnlyList<NameHolder>> Of(Guid organization, LoggedRequest refused, CancellationToken ct)
    {
        if (refused.Status != 409 || refused.Request?.Value is not ScimObject body) return [];
        if (refused.DetailKind == ErrorKind.GroupName)
            return Named(body, "displayName") is { } displayName && await groups.HolderOf(organization, CanonicalKey.Of(displayName), null, ct) is { } held
                && await groups.Find(organization, held, ct) is { } group ? [new(true, held, group.Resource["displayName"]?.AsString, null, group.Resource["externalId"]?.AsString, group.Created)] : [];
        if (refused.DetailKind is not ("uniqueness" or ErrorKind.HeldByDeactivated or ErrorKind.HeldBySuspended) || refused.ResourceType != "Users") return [];
        var found = new List<NameHolder>();
        var candidates = await people.Candidates(organization, CanonicalKey.Of(Named(body, "userName") ?? ""), Named(body, "externalId"), null, ct);
        foreach (var candidate in candidates.Where(c => c.HoldsUserName || !candidates.Any(o => o.HoldsUserName)))
            if (candidate.Id != refused.ResourceId && await people.Find(organization, candidate.Id, people.WithState, ct) is { User: var user })
                found.Add(new(false, user.Id, user.Label, user.UserName, user.ExternalId, user.Created));
        return found;
    }

    // A PATCH names it by path, or within a value without one.
    static string? Named(ScimObject body, string attribute) => body[attribute]?.AsString ?? LoggedAction.Operations(body)
        .Select(o => attribute.Equals(o["path"]?.AsString, StringComparison.OrdinalIgnoreCase) ? o["value"]?.AsString : (o["value"] as ScimObject)?[attribute]?.AsString).LastOrDefault(v => v is not null);
}

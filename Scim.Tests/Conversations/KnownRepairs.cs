using Scim.Api.Access;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Filters;

namespace Scim.Tests.Conversations;

/// <summary>Every deviation that is understood, wherever in the service it is named.</summary>
internal static class KnownRepairs
{
    internal static IReadOnlyList<Repair> All { get; } = [.. Repairs.All, .. FilterRepairs.All, BearerToken.Repeated, Repairs.LeftOut, Repairs.UnknownMembers, Repairs.SearchUrnMissing];

    internal static IReadOnlySet<string> Names { get; } = All.Select(r => r.Name).ToHashSet();

    /// <summary>The names that an event's headers note.</summary>
    internal static string[] Of(IReadOnlyDictionary<string, string> headers) => headers.TryGetValue("repairs", out var names) ? names.Split("; ") : [];
}

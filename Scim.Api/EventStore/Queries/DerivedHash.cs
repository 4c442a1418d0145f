using System.Security.Cryptography;
using System.Text;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// What changes of a person without an event of this person, the manager's name and the groups, as eight digits of the
/// ETag, so that a cache learns of it. Here and in SQL it is the same.
/// </summary>
static class DerivedHash
{
    internal const string OfNothing = "0";

    internal static string Of(string? managerName, IReadOnlyList<MembershipOf> groups)
    {
        if (managerName is null && groups.Count == 0) return OfNothing;
        var text = new StringBuilder(managerName);
        foreach (var group in groups) text.Append('\n').Append(group.Id.ToString("D")).Append(' ').Append(group.Type).Append(' ').Append(group.Display);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 4));
    }

    internal static string Sql(Manager manager) =>
        $"coalesce((select left(encode(sha256(convert_to(coalesce(h.n, '') || coalesce(h.g, ''), 'UTF8')), 'hex'), 8) from (select {manager.Name} as n, {Memberships.Lines} as g) h where h.n is not null or h.g is not null), '{OfNothing}')";
}

/// <summary>A group that a person is in.</summary>
/// <param name="Type"><c>direct</c> or <c>indirect</c>.</param>
internal sealed record MembershipOf(Guid Id, string Type, string Display);

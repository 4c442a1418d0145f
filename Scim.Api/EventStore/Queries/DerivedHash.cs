using System.Security.Cryptography;
using System.Text;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// What changes of a person without an event of this person, the manager's name and the groups, as eight digits of the
/// ETag, so that a cache learns of it. Here and in SQL it is the same.
/// </summary>
static class DerivedHash
{
    const string OfNothing = "0";

    internal static string Of(DerivedOfUser derived) => derived.ManagerName is null && derived.GroupsJson is null
        ? OfNothing
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(derived.ManagerName + derived.GroupsJson)).AsSpan(0, 4));

    internal static string Sql(DirectoryTables tables) =>
        $"coalesce((select left(encode(sha256(convert_to(coalesce(h.n, '') || coalesce(h.g, ''), 'UTF8')), 'hex'), 8) from (select {new Manager(tables).Name} as n, {new Memberships(tables).Json} as g) h where h.n is not null or h.g is not null), '{OfNothing}')";
}

using System.Globalization;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// Where the directory stands in SQL: as it is, or as it was at a position of the past. Both have the same columns, so that
/// one query reads both.
/// </summary>
internal sealed record DirectoryTables
{
    readonly string _suffix = "_of", _moment = "";

    DirectoryTables() { }

    DirectoryTables(long position)
    {
        Position = position;
        _moment = $", {position.ToString(CultureInfo.InvariantCulture)}";
        _suffix = "_at";
        var stood = $"v.from_position <= {position.ToString(CultureInfo.InvariantCulture)} and v.to_position > {position.ToString(CultureInfo.InvariantCulture)}";
        Users = $"(select * from directory.user_version v where {stood} and v.data is not null)";
        Groups = $"(select * from directory.group_version v where {stood})";
        Members = $"(select * from directory.member_version v where {stood})";
    }

    /// <summary>The directory as it is.</summary>
    internal static DirectoryTables Now { get; } = new();

    /// <summary>The directory as it was when the command of that position had happened.</summary>
    internal static DirectoryTables At(long position) => new(position);

    /// <summary>The position; null for now.</summary>
    internal long? Position { get; }

    /// <summary>People; those erased since are not among them.</summary>
    internal string Users { get; init; } = ResourceTable.Users;

    /// <summary>Groups.</summary>
    internal string Groups { get; } = ResourceTable.Groups;

    /// <summary>Who is a member of what, a row each.</summary>
    internal string Members { get; } = "directory.group_member";

    /// <summary>Every group that people are in: <c>person</c>, <c>group_id</c>, <c>direct</c>.</summary>
    internal string GroupsOf(string tenant, string people) => $"directory.groups{_suffix}({tenant}, {people}{_moment})";

    /// <summary>The same, one text a person: <c>person</c>, <c>groups</c>.</summary>
    internal string MembershipsOf(string tenant, string people) => $"directory.memberships{_suffix}({tenant}, {people}{_moment})";

    /// <summary>Everybody and everything in a group.</summary>
    internal string MembersOf(string tenant, string holder) => $"directory.members{_suffix}({tenant}, {holder}{_moment})";

    /// <summary>Direct members by id after one, at most so many: <c>member_id</c>, <c>is_group</c>, <c>name</c>.</summary>
    internal string MembersAfter(string tenant, string holder, string after, string most) =>
        $"directory.members_after{(Position is null ? "" : "_at")}({tenant}, {holder}, {after}, {most}{_moment})";
}

namespace Scim.Domain.Organizations;

/// <summary>The names of what a caller of the JSON API or a member of staff may be; they stand in events, so none changes.</summary>
public static class Roles
{
    /// <summary>Reads the directory and who has access: no history, no log.</summary>
    public const string Reader = "reader";

    /// <summary>Reads everything of its organization and changes nothing.</summary>
    public const string Auditor = "auditor";

    /// <summary>Reads and changes everything of its organization.</summary>
    public const string Admin = "admin";

    /// <summary>The operator of the installation: everything, in every organization.</summary>
    public const string Operator = "operator";

    /// <summary>Those that a key can have.</summary>
    public static IReadOnlyList<string> OfKeys { get; } = [Auditor, Reader];

    /// <summary>Those that a member of staff can have.</summary>
    public static IReadOnlyList<string> OfStaff { get; } = [Admin, Auditor];
}

namespace Scim.Domain.Protocol.Schemas;

/// <summary>The core schema of groups, RFC 7643 §4.2, and the resource type that it makes.</summary>
public static class GroupSchema
{
    /// <summary>The URN of the core schema.</summary>
    public const string Urn = "urn:ietf:params:scim:schemas:core:2.0:Group";

    /// <summary>The core schema.</summary>
    public static Schema Core { get; } = new(Urn, "Group", "Group",
    [
        new("displayName", AttributeType.String, "The name of the group; unique in the organization, compared without regard to case.")
            { Required = true, Uniqueness = Uniqueness.Server },
        new("members", AttributeType.Complex, "The people and groups that are direct members of the group.")
        {
            MultiValued = true,
            MaxElements = int.MaxValue, // the size of a body is the limit
            SubAttributes =
            [
                new("value", AttributeType.String, "The id of the member.") { CaseExact = true, Mutability = Mutability.Immutable },
                new("$ref", AttributeType.Reference, "The URI of the member.")
                    { CaseExact = true, Mutability = Mutability.Immutable, ReferenceTypes = ["User", "Group"], IsDerived = true },
                new("type", AttributeType.String, "\"User\" or \"Group\".") { Mutability = Mutability.Immutable, CanonicalValues = ["User", "Group"], IsDerived = true },
                new("display", AttributeType.String, "The name of the member.") { Mutability = Mutability.ReadOnly, IsDerived = true },
            ],
        },
    ]);

    /// <summary>The resource type <c>Group</c> at <c>/Groups</c>.</summary>
    public static ResourceType ResourceType { get; } = new("Group", "/Groups", "Group", Core, []);
}

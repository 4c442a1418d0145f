using Marten;
using Marten.Schema;
using Scim.Domain.Groups;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Api.EventStore;

/// <summary>
/// What Marten must know of the directory's tables: the columns that make people and groups unique and sortable. Their indexes are
/// our own SQL, which can say <c>COLLATE "C"</c>; Marten leaves them alone.
/// </summary>
internal static class DirectorySchema
{
    /// <summary>The unique index of userName keys, by whose name a duplicate is recognised.</summary>
    internal const string UniqueUserName = "ux_user_user_name_key";

    /// <summary>The unique index of the keys of groups' names.</summary>
    internal const string UniqueGroupName = "ux_group_display_name_key";

    static readonly string[] OwnGroupIndexes = [UniqueGroupName, "ix_group_external_id", "ix_group_created", "ix_group_last_modified"];

    static readonly string[] OwnIndexes = [UniqueUserName, "ix_user_user_name", "ix_user_external_id", "ix_user_display_name", "ix_user_family_name", "ix_user_created", "ix_user_last_modified", "ix_user_emails", "ix_user_shut_out"];

    internal static void Configure(StoreOptions o)
    {
        o.Schema.For<User>().DocumentAlias("user");
        o.Schema.For<Group>().DocumentAlias("group");
        o.Schema.For<Organization>().DocumentAlias("organization");
        // A duplicated field of Marten's fluent form always brings an index of its own; the mapping's form does not.
        o.Policies.ForAllDocuments(mapping =>
        {
            if (mapping.DocumentType == typeof(User)) Columns(mapping, OwnIndexes, nameof(User.UserNameKey), nameof(User.ExternalId), nameof(User.DisplayNameKey), nameof(User.FamilyNameKey));
            if (mapping.DocumentType == typeof(Group)) Columns(mapping, OwnGroupIndexes, nameof(Group.ExternalId), nameof(Group.DisplayNameKey));
        });
    }

    static void Columns(DocumentMapping mapping, string[] indexes, params string[] texts)
    {
        var type = mapping.DocumentType;
        foreach (var name in texts) mapping.DuplicateField([type.GetProperty(name)!], "text");
        foreach (var name in new[] { nameof(User.Created), nameof(User.LastModified) })
            mapping.DuplicateField([type.GetProperty(name)!], "timestamp with time zone", notNull: true);
        foreach (var index in indexes) mapping.IgnoreIndex(index);
    }
}

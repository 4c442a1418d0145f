using Marten;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Api.EventStore;

/// <summary>
/// What Marten must know of the directory's tables: the columns that make people unique and sortable. Their indexes are
/// our own SQL, which can say <c>COLLATE "C"</c>; Marten leaves them alone.
/// </summary>
internal static class DirectorySchema
{
    /// <summary>The unique index of userName keys, by whose name a duplicate is recognised.</summary>
    internal const string UniqueUserName = "ux_user_user_name_key";

    static readonly string[] OwnIndexes = [UniqueUserName, "ix_user_user_name", "ix_user_external_id", "ix_user_display_name", "ix_user_family_name", "ix_user_created", "ix_user_last_modified", "ix_user_emails"];

    internal static void Configure(StoreOptions o)
    {
        o.Schema.For<User>().DocumentAlias("user");
        o.Schema.For<Organization>().DocumentAlias("organization");
        // A duplicated field of Marten's fluent form always brings an index of its own; the mapping's form does not.
        o.Policies.ForAllDocuments(mapping =>
        {
            if (mapping.DocumentType != typeof(User)) return;
            foreach (var name in new[] { nameof(User.UserNameKey), nameof(User.ExternalId), nameof(User.DisplayNameKey), nameof(User.FamilyNameKey) })
                mapping.DuplicateField([typeof(User).GetProperty(name)!], "text");
            foreach (var name in new[] { nameof(User.Created), nameof(User.LastModified) })
                mapping.DuplicateField([typeof(User).GetProperty(name)!], "timestamp with time zone", notNull: true);
            foreach (var index in OwnIndexes) mapping.IgnoreIndex(index);
        });
    }
}

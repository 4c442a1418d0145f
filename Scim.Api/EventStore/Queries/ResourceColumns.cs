using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// Where SQL finds what does not stand in the stored document of a resource, or stands elsewhere with an index: by the
/// path as the schema spells it. Everything else is read from the document by its path. The row's alias is <c>d</c>.
/// </summary>
abstract class ResourceColumns
{
    /// <summary>The text of the attribute at that path, a canonical key unless it is caseExact; null for one in the document.</summary>
    internal virtual Func<SqlParameters, TextColumn>? Text(string path) => null;

    /// <summary>The <c>timestamptz</c> column of the attribute at that path; null for any other.</summary>
    internal virtual string? Time(string path) => path switch
    {
        "meta.created" => "d.created",
        "meta.lastModified" => "d.last_modified",
        _ => null,
    };

    /// <summary>
    /// The arrays of a multi-valued attribute that is derived from other rows: its elements as keys, and as they are
    /// answered, in the same order. Null for one that stands in the document.
    /// </summary>
    internal virtual (string Match, string Exact)? Derived(string path) => null;
}

/// <summary>The columns of people.</summary>
/// <param name="table">The table itself, for the manager's name.</param>
/// <param name="locationPrefix">What <c>meta.location</c> begins with, up to the id.</param>
/// <param name="derivedHash">The part of the ETag that stands for what is derived, as an SQL expression of type text.</param>
sealed class UserColumns(string table, string locationPrefix, string derivedHash = "'0'") : ResourceColumns
{
    readonly Manager _manager = new(table);

    internal override Func<SqlParameters, TextColumn>? Text(string path) => path switch
    {
        // Not user_name_key: a released name leaves that column and still belongs to the person.
        "userName" => _ => new TextColumn("d.data->'match'->>'userName'"),
        "externalId" => _ => new TextColumn("d.external_id", Prefixed: true),
        "displayName" => _ => new TextColumn("d.display_name_key", Prefixed: true),
        "name.familyName" => _ => new TextColumn("d.family_name_key", Prefixed: true),
        "meta.resourceType" => _ => new TextColumn("'User'::text"),
        "meta.location" => parameters => new TextColumn($"{parameters.Text(locationPrefix)} || d.id::text"),
        "meta.version" => _ => new TextColumn($"'W/\"' || d.mt_version::text || '-' || {derivedHash} || '\"'"),
        EnterpriseUserSchema.Urn + ":manager.displayName" => _ => new TextColumn(_manager.NameKey),
        _ => null,
    };

    // No groups exist yet; they become a join here.
    internal override (string Match, string Exact)? Derived(string path) => path == "groups" ? ("'[]'::jsonb", "'[]'::jsonb") : null;
}

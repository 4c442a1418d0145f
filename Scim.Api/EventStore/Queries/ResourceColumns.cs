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

    /// <summary>The elements of a multi-valued attribute that is derived from other rows; null for one that stands in the document.</summary>
    internal virtual DerivedElements? Derived(string path) => null;
}

/// <summary>What <c>meta.location</c> and <c>$ref</c> begin with, up to the id.</summary>
/// <remarks>Example: <c>https://scim.example.com/scim/v2/ORGANIZATION/Users/</c>.</remarks>
sealed record Locations(string Users, string Groups)
{
    internal Locations(string baseUrl) : this($"{baseUrl}{UserSchema.ResourceType.Endpoint}/", $"{baseUrl}{GroupSchema.ResourceType.Endpoint}/") { }
}

/// <summary>The columns of people.</summary>
sealed class UserColumns(string tenant, DirectoryTables tables, Locations locations) : ResourceColumns
{
    readonly Manager _manager = new(tables);

    internal override Func<SqlParameters, TextColumn>? Text(string path) => path switch
    {
        // Not user_name_key: a released name leaves that column and still belongs to the person.
        "userName" => _ => new TextColumn("d.data->'match'->>'userName'"),
        "externalId" => _ => new TextColumn("d.external_id", Prefixed: true),
        "displayName" => _ => new TextColumn("d.display_name_key", Prefixed: true),
        "name.familyName" => _ => new TextColumn("d.family_name_key", Prefixed: true),
        "meta.resourceType" => _ => new TextColumn("'User'::text"),
        "meta.location" => parameters => new TextColumn($"{parameters.Text(locations.Users)} || d.id::text"),
        "meta.version" => _ => new TextColumn($"'W/\"' || d.mt_version::text || '-' || {DerivedHash.Sql(tables)} || '\"'"),
        EnterpriseUserSchema.Urn + ":manager.displayName" => _ => new TextColumn(_manager.NameKey),
        _ => null,
    };

    internal override DerivedElements? Derived(string path) => path == "groups" ? new Memberships(tables).Elements(tenant, locations.Groups) : null;
}

/// <summary>The columns of groups.</summary>
sealed class GroupColumns(string tenant, DirectoryTables tables, Locations locations) : ResourceColumns
{
    internal override Func<SqlParameters, TextColumn>? Text(string path) => path switch
    {
        "externalId" => _ => new TextColumn("d.external_id", Prefixed: true),
        "displayName" => _ => new TextColumn("d.display_name_key"),
        "meta.resourceType" => _ => new TextColumn("'Group'::text"),
        "meta.location" => parameters => new TextColumn($"{parameters.Text(locations.Groups)} || d.id::text"),
        "meta.version" => _ => new TextColumn("'W/\"' || d.mt_version::text || '\"'"),
        _ => null,
    };

    internal override DerivedElements? Derived(string path) => path == "members" ? new Members(tables).Elements(tenant, locations) : null;
}

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// The indexes that the filters and sorts of people expect, in the form in which the SQL asks. Of text without a bound they
/// hold the first 256 characters, 1,024 bytes at most; a userName's key is bounded itself.
/// </summary>
static class UserIndexes
{
    /// <summary>The extension that lets the organization stand first in a GIN index.</summary>
    internal const string Extension = "create extension if not exists btree_gin";

    /// <summary>Each index by name, as the statement that makes it on the table.</summary>
    internal static IEnumerable<(string Name, string Sql)> On(string table) =>
        Definitions.Select(d => ($"ix_user_{d.Name}", $"create index ix_user_{d.Name} on {table} using {d.Definition}"));

    static readonly (string Name, string Definition)[] Definitions =
    [
        ("user_name", "btree (tenant_id, (data->'match'->>'userName') collate \"C\", id)"),
        ("external_id", "btree (tenant_id, left(external_id, 256) collate \"C\", id)"),
        ("display_name", "btree (tenant_id, left(display_name_key, 256) collate \"C\", id)"),
        ("family_name", "btree (tenant_id, left(family_name_key, 256) collate \"C\", id)"),
        ("created", "btree (tenant_id, created, id)"),
        ("last_modified", "btree (tenant_id, last_modified, id)"),
        ("emails", "gin (tenant_id, (data->'match'->'emails') jsonb_path_ops)"),
    ];
}

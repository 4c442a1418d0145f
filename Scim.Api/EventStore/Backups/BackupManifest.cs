using Npgsql;

namespace Scim.Api.EventStore.Backups;

/// <summary>What a backup says of itself: read first at a restore, written last at a backup.</summary>
/// <param name="Format">The form of the file; this build writes and reads 1.</param>
/// <param name="Build">The build that made it, e.g. <c>0.1.0+1501fd4</c>.</param>
/// <param name="Server">The PostgreSQL it was made on; a restore may run on another version.</param>
/// <param name="TakenAt">When its snapshot was taken.</param>
/// <param name="MasterKeyCheck">The check value of the master key that reads it, base64; the key itself is in no backup.</param>
/// <param name="SchemaVersion">The schema's version in the databases it was made from; 0 where the build knew none.</param>
internal sealed record BackupManifest(int Format, string Build, string Server, DateTimeOffset TakenAt, string MasterKeyCheck, IReadOnlyList<BackupTable> Tables, int SchemaVersion = 0)
{
    internal const int CurrentFormat = 1;

    /// <summary>The rows of a table in all databases, e.g. of <c>history.mt_events</c>.</summary>
    internal long Rows(string schema, string name) => Tables.Where(t => t.Schema == schema && t.Name == name).Sum(t => t.Rows);
}

/// <summary>One table as the file holds it: the bytes of PostgreSQL's binary COPY, nothing re-numbered and nothing interpreted.</summary>
/// <param name="Database">A shard's name, or <c>registry</c>.</param>
/// <param name="Columns">The columns in the order in which their values stand in the bytes.</param>
/// <param name="Sha256">Over the bytes before compression, lower-case hexadecimal.</param>
/// <param name="Partitions">The parts of a partitioned table, whose rows stand in this one's bytes.</param>
internal sealed record BackupTable(string Database, string Schema, string Name, IReadOnlyList<BackupColumn> Columns, long Rows, long Bytes, string Sha256, IReadOnlyList<BackupPartition>? Partitions = null)
{
    /// <summary>Its place in the file and in messages, e.g. <c>main/history.mt_events</c>.</summary>
    internal string Entry => $"{Database}/{Schema}.{Name}";

    internal string Sql => $"{Quoted(Schema)}.{Quoted(Name)}";

    internal string ColumnList => string.Join(", ", Columns.Select(c => Quoted(c.Name)));

    /// <summary>What makes a part of it that is not there.</summary>
    internal string CreateSql(BackupPartition part) => $"create table if not exists {Quoted(Schema)}.{Quoted(part.Name)} partition of {Sql} {part.Bounds}";

    static string Quoted(string name) => new NpgsqlCommandBuilder().QuoteIdentifier(name);
}

/// <summary>A column and its type as PostgreSQL writes it, e.g. <c>timestamp with time zone</c>.</summary>
internal sealed record BackupColumn(string Name, string Type);

/// <summary>A part and its bounds as PostgreSQL writes them, e.g. <c>FOR VALUES FROM ('2026-01-01 00:00:00+00') TO …</c>.</summary>
internal sealed record BackupPartition(string Name, string Bounds);

/// <summary>Why a backup or a restore is refused, and what to do, in one line.</summary>
internal sealed class BackupException(string message, Exception? cause = null) : Exception(message, cause);

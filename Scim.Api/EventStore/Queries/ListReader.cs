using Npgsql;
using Scim.Domain.Protocol;

namespace Scim.Api.EventStore.Queries;

/// <summary>What is read of a row, and how.</summary>
internal sealed record Shape<T>(string Columns, Func<NpgsqlDataReader, T> Read)
{
    /// <summary>The same where a page of rows is read, which may join what it needs of others once.</summary>
    internal string PageColumns { get; init; } = Columns;

    /// <summary>What is joined there, from an array of the page's ids.</summary>
    internal Func<string, string> PageJoin { get; init; } = _ => "";
}

/// <summary>A page of a list and how many there are in all.</summary>
internal sealed record Page<T>(int Total, IReadOnlyList<T> Items);

/// <summary>Reads a page and its total, as both are at one moment or a little later.</summary>
internal static class ListReader
{
    /// <summary>The database gives up a list at 5 seconds and says why; silence is given up a little later.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5.5);

    /// <exception cref="ScimException">503 when the list takes longer than the database allows, naming the filter.</exception>
    internal static Task<Page<T>> Read<T>(NpgsqlDataSource source, ListSql list, int startIndex, int count, Shape<T> shape, CancellationToken ct) =>
        Read(source.CreateBatch, list, startIndex, count, shape, ct);

    /// <summary>The same within a transaction, whose moment it is.</summary>
    internal static Task<Page<T>> Read<T>(NpgsqlConnection connection, ListSql list, int startIndex, int count, Shape<T> shape, CancellationToken ct) =>
        Read(connection.CreateBatch, list, startIndex, count, shape, ct);

    static async Task<Page<T>> Read<T>(Func<NpgsqlBatch> create, ListSql list, int startIndex, int count, Shape<T> shape, CancellationToken ct)
    {
        try
        {
            if (count > 0 && list.IsLookUp)
            {
                // Whom an identity provider looks up by name is one, or none: a page that ends before one row more counts itself.
                var found = await Deadline.Within(Patience, ct => Rows(Batch(create, list.LookUp(shape.Columns, startIndex, count + 1)), shape, ct), ct);
                if (found.Count <= count && (found.Count > 0 || startIndex == 1)) return new Page<T>(startIndex - 1 + found.Count, found);
            }
            return await Deadline.Within(Patience, ct => ReadPage(Batch(create, count > 0 ? [list.Count(), list.Page(shape.PageColumns, shape.PageJoin, startIndex, count)] : [list.Count()]), shape, ct), ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw TooSlow(e);
        }
    }

    internal static ScimException TooSlow(Exception e) =>
        ScimException.Unavailable("The list took longer than 5 seconds. Its filter or sort order is the cause: filter by userName, externalId, emails.value, displayName, name.familyName or meta.lastModified, which have indexes.", inner: e);

    // Belongs to the reading, which may outlive our patience.
    static NpgsqlBatch Batch(Func<NpgsqlBatch> create, params NpgsqlBatchCommand[] commands)
    {
        var batch = create();
        foreach (var command in commands) batch.BatchCommands.Add(command);
        return batch;
    }

    static async Task<Page<T>> ReadPage<T>(NpgsqlBatch batch, Shape<T> shape, CancellationToken ct)
    {
        await using (batch)
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            var total = (int)Math.Min(reader.GetInt64(0), int.MaxValue);
            return new Page<T>(total, await reader.NextResultAsync(ct) ? await Rows(reader, shape, ct) : []);
        }
    }

    static async Task<List<T>> Rows<T>(NpgsqlBatch batch, Shape<T> shape, CancellationToken ct)
    {
        await using (batch)
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            return await Rows(reader, shape, ct);
        }
    }

    static async Task<List<T>> Rows<T>(NpgsqlDataReader reader, Shape<T> shape, CancellationToken ct)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(shape.Read(reader));
        return rows;
    }
}

using Npgsql;
using Scim.Api.EventStore;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>
/// Every hour, on one node of all: months made ahead, days past an organization's retention made unreadable, months past
/// the longest retention dropped, and writes that a crash left without a row given one.
/// </summary>
internal sealed class RequestLogUpkeep(Placement placement, RequestLogRebuild rebuild, RequestLogSettings settings, TimeProvider clock, ILogger<RequestLogUpkeep> log) : BackgroundService
{
    // Any number that nobody else uses.
    internal const long Lock = 0x5C1_5C4E_0002;

    static readonly TimeSpan Every = TimeSpan.FromHours(1);

    const string Retention = "select tenant_id, coalesce((data->>'RequestLogDays')::int, 90) as days from directory.mt_doc_organization";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Enabled) return;
        var started = clock.GetUtcNow();
        try
        {
            // What other nodes still hold is written by then.
            await Task.Delay(TimeSpan.FromSeconds(5), clock, stoppingToken);
            for (var before = started; ; before = clock.GetUtcNow() - TimeSpan.FromMinutes(1))
            {
                foreach (var shard in placement.Shards) await Try(shard, before, stoppingToken);
                await Task.Delay(Every, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    async Task Try(Shard shard, DateTimeOffset before, CancellationToken ct)
    {
        try
        {
            await RunAsync(shard, clock.GetUtcNow(), before, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            log.LogWarning("The upkeep of the provisioning log failed and comes again ({Failure})", string.Join(" < ", StoreFailure.Names(e)));
        }
    }

    /// <summary>All of it once; false where another node is at it.</summary>
    internal async Task<bool> RunAsync(Shard shard, DateTimeOffset now, DateTimeOffset before, CancellationToken ct)
    {
        await using var connection = await shard.Write.OpenConnectionAsync(ct);
        if (await Scalar(connection, $"select pg_try_advisory_lock({Lock})", ct) is not true) return false;
        try
        {
            await LogWrites.MakeMonths(connection, now, ct);
            var today = DateOnly.FromDateTime(now.UtcDateTime);
            await Expire(connection, today, ct);
            await Scalar(connection, $"select history.drop_request_log_months($1 - (select coalesce(max(days), 90) from ({Retention}) r))", ct, today);
            await rebuild.RunAsync(connection, shard, before, ct);
            return true;
        }
        finally
        {
            await Scalar(connection, $"select pg_advisory_unlock({Lock})", CancellationToken.None); // a pooled connection would keep it
        }
    }

    // A day at a time; its key goes with what it and people's keys sealed.
    static async Task Expire(NpgsqlConnection connection, DateOnly today, CancellationToken ct)
    {
        var due = new List<(string Tenant, DateOnly Day)>();
        await using (var command = new NpgsqlCommand($"select k.tenant_id, k.day from history.request_log_key k left join ({Retention}) r using (tenant_id) where k.day < $1 - coalesce(r.days, 90)", connection))
        {
            command.Parameters.Add(new() { Value = today });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) due.Add((reader.GetString(0), reader.GetFieldValue<DateOnly>(1)));
        }
        foreach (var (tenant, day) in due)
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using var expire = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand("set local statement_timeout = 0"),
                    Of("update history.request_log set sealed = null, subjects = null, address = null where tenant_id = $1 and at >= $2::date::timestamp at time zone 'UTC' and at < ($2::date + 1)::timestamp at time zone 'UTC'", tenant, day),
                    Of("delete from history.request_log_key where tenant_id = $1 and day = $2", tenant, day),
                },
            };
            expire.Timeout = 0;
            await expire.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        }
    }

    static NpgsqlBatchCommand Of(string sql, string tenant, DateOnly day)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = day });
        return command;
    }

    static async Task<object?> Scalar(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var p in parameters) command.Parameters.Add(new() { Value = p });
        return await command.ExecuteScalarAsync(ct);
    }
}

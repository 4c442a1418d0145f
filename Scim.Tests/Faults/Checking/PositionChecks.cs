using Npgsql;

namespace Scim.Tests.Faults.Checking;

/// <summary>What holds of positions, asked of the raw rows.</summary>
static class PositionChecks
{
    static readonly (string Rule, string Rows)[] Checks =
    [
        ("Every command has a number once all is numbered", "select * from history.commit_log where position is null"),
        ("An organization's numbers are 1, 2, 3 without a gap", "select tenant_id from history.commit_log group by 1 having count(distinct position) <> max(position) or min(position) <> 1"),
        ("A number belongs to one command", "select tenant_id, position from history.commit_log group by 1, 2 having count(distinct command_id) <> 1"),
        ("A command has one number", "select tenant_id, command_id from history.commit_log group by 1, 2 having count(distinct position) <> 1"),
        ("The last number is kept", "select tenant_id from history.last_position l where last <> (select max(position) from history.commit_log c where c.tenant_id = l.tenant_id)"),
        ("A stream's versions go up with the numbers", "select 1 from (select from_version, lag(to_version) over (partition by tenant_id, stream_id order by position) as before from history.commit_log) c where from_version <> coalesce(before, 0) + 1"),
        ("Instants never go back", "select 1 from (select instant, lag(instant) over (partition by tenant_id order by position) as before from history.commit_log) c where instant < before"),
        ("No event stands before its number's instant's commit", "select 1 from history.commit_log where instant < at"),
    ];

    internal static async Task Assert(NpgsqlDataSource source)
    {
        foreach (var (rule, rows) in Checks)
        {
            await using var command = source.CreateCommand($"select count(*) from ({rows}) r");
            Xunit.Assert.True(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is 0L, rule);
        }
    }
}

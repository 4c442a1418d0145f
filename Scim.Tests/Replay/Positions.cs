using Scim.Api.EventStore.Positions;

namespace Scim.Tests.Replay;

/// <summary>What tests ask about positions.</summary>
static class Positions
{
    /// <summary>The last position, once all that was committed is numbered and its versions are written.</summary>
    internal static Task<long> Settled(TestService service, Guid organization) => service.Get<Moments>().Now(organization, TestContext.Current.CancellationToken);

    /// <summary>The position of every request of an organization that wrote something.</summary>
    internal static async Task<IReadOnlyDictionary<Guid, long>> OfRequests(TestService service, Guid organization)
    {
        await Settled(service, organization);
        await using var command = service.Owner.CreateCommand("select distinct command_id, position from history.commit_log where tenant_id = $1");
        command.Parameters.Add(new() { Value = organization.ToString("D") });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var found = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) found.Add(reader.GetGuid(0), reader.GetInt64(1));
        return found;
    }
}

using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>Takes a person out of the log: every row about the person, and every other that names the person in any way.</summary>
internal static class RequestLogErasure
{
    /// <summary>With the tenant, the person's id and the hashes of all the person's names; for the transaction of an erasure too.</summary>
    internal const string Sql = "delete from history.request_log where tenant_id = $1 and (person_id = $2 or subjects && $3)";

    /// <summary>
    /// Deletes the rows, and answers how many there were. What is under way at this moment comes up to a second later: an
    /// erasure runs it again then.
    /// </summary>
    /// <param name="userNames">Every userName and e-mail address that the person ever had.</param>
    /// <param name="externalIds">Every externalId.</param>
    internal static async Task<int> ForgetPerson(NpgsqlConnection connection, MasterKey master, Guid organization, Guid person, IEnumerable<string> userNames, IEnumerable<string> externalIds, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = person });
        command.Parameters.Add(new() { Value = Hashes(master, tenant, person, userNames, externalIds), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        return await command.ExecuteNonQueryAsync(ct);
    }

    internal static byte[][] Hashes(MasterKey master, string tenant, Guid? person, IEnumerable<string> userNames, IEnumerable<string> externalIds)
    {
        var subjects = new Subjects(master.SubjectKey(tenant));
        if (person is { } id) subjects.Id(id);
        foreach (var name in userNames) subjects.Name(name);
        foreach (var external in externalIds) subjects.External(external);
        return subjects.Hashes();
    }
}

using Npgsql;
using Scim.Api.Access;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.EventStore;
using Scim.Domain.Organizations;

namespace Scim.Api.Hosting;

/// <summary>An empty installation gets one organization, made by the service and by no command, so that a first look has something to look at.</summary>
internal static class FirstOrganization
{
    const long Lock = 0x5C1_F125_0001;

    /// <summary>The organization made now; null where there is one already.</summary>
    internal static async Task<Organization?> EnsureAsync(Placement placement, OrganizationAdministration organizations, TimeProvider clock, CancellationToken ct)
    {
        await using var connection = await placement.Registry.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Nodes that start together wait for the one that makes it, longer than a request would.
        await using (var guard = new NpgsqlCommand($"set local lock_timeout = '30s'; set local statement_timeout = '30s'; select pg_advisory_xact_lock({Lock})", connection) { CommandTimeout = 40 })
            await guard.ExecuteNonQueryAsync(ct);
        if ((await placement.OrganizationsAsync(ct)).Count > 0) return null;
        var caller = new Caller(NewId.Next(clock), "system", NewId.Next(clock)) { Source = Domain.History.Source.System };
        return await organizations.Create(caller, "My organization");
    }

    /// <summary>What to do next, ready to paste.</summary>
    internal static string NextSteps(Organization organization, string origin, string program) => $"""

        Created the organization "{organization.Name}". Its SCIM base URL, for the identity provider:

            {origin}{organization.BasePath}

        Next: switch SCIM on, issue a token, and ask what Okta's "Test Connector Configuration" asks.

            {program} organization enable-scim {organization.Id:D}
            {program} token issue {organization.Id:D} okta
            curl -i "{origin}{organization.BasePath}/Users?startIndex=1&count=2" -H "Authorization: Bearer TOKEN"

        """;

    /// <summary>How whoever started this program calls it again: <c>Operator:Program</c>, else as far as it can know.</summary>
    internal static string Program(IConfiguration configuration) =>
        configuration["Operator:Program"] is { Length: > 0 } program ? program :
        File.Exists("Scim.Api.csproj") || File.Exists(Path.Combine("Scim.Api", "Scim.Api.csproj")) ? "dotnet run --project Scim.Api --" : Environment.ProcessPath ?? "Scim.Api";
}

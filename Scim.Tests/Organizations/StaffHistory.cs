using System.Text;
using FluentValidation;
using Scim.Api.Access;
using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Tests.Audit;

namespace Scim.Tests.Organizations;

/// <summary>Staff in the stored history: their addresses sealed, what they did and what was done to them told by name.</summary>
public sealed class StaffHistory(TestService service)
{
    OrganizationAdministration Organizations => service.Get<OrganizationAdministration>();

    static Caller As(TestOrganization organization, string actor) => new(organization.Id, actor, NewId.Next(TimeProvider.System)) { Source = Source.Admin };

    [Fact]
    public async Task Who_changed_what_is_told_by_address_and_the_address_stands_sealed()
    {
        using var organization = await service.NewOrganization();
        using var auditor = service.ApiClient(await service.NewKey(organization.Id, Roles.Auditor));
        var ada = await Organizations.InviteStaff(As(organization, "operator"), "ada.qanary@example.com", Roles.Admin);
        await Organizations.JoinStaff(As(organization, $"staff:{ada.Id:D}"), ada.Id);
        var bob = await Organizations.InviteStaff(As(organization, $"staff:{ada.Id:D}"), "bob@example.com", Roles.Auditor);
        await Organizations.ChangeStaffRole(As(organization, $"staff:{ada.Id:D}"), bob.Id, Roles.Admin);
        await Organizations.RemoveStaff(As(organization, $"staff:{ada.Id:D}"), bob.Id);

        var rows = (await organization.Timeline("count=5&order=asc&type=staff_invited,staff_joined,staff_role_changed,staff_removed", by: auditor)).Rows();
        Assert.Equal(
        [
            "The operator invited ada.qanary@example.com to the staff with the role admin.",
            "ada.qanary@example.com joined the staff by an invitation.",
            "ada.qanary@example.com invited bob@example.com to the staff with the role auditor.",
            "ada.qanary@example.com changed the role of bob@example.com from auditor to admin.",
            "ada.qanary@example.com removed bob@example.com from the staff.",
        ], rows.Select(r => r.Text("sentence")));
        Assert.Equal(("staff", $"{ada.Id:D}"), (rows[2].GetProperty("actor").Text("kind"), rows[2].GetProperty("actor").Text("id")));

        var stored = (byte[])(await service.Sql("select bdata from history.mt_events where tenant_id = $1 and type = 'staff_invited' order by version limit 1", organization.Id.ToString("D")))!;
        Assert.DoesNotContain("qanary", Encoding.UTF8.GetString(stored), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1L, await service.Sql("select count(*) from history.person_key where tenant_id = $1 and person_id = $2", organization.Id.ToString("D"), ada.Id));
    }

    [Fact]
    public async Task An_invitation_repeated_finds_who_is_there_and_what_is_no_address_is_refused()
    {
        using var organization = await service.NewOrganization();
        var ada = await Organizations.InviteStaff(As(organization, "operator"), "ada@example.com", Roles.Auditor);
        Assert.Equal(ada, await Organizations.InviteStaff(As(organization, "operator"), "ADA@example.com", Roles.Auditor));
        foreach (var address in new[] { "", "ada", "ada byron@example.com", "ada@example.com\n", new string('a', 200) + "@example.com" })
            await Assert.ThrowsAsync<ValidationException>(() => Organizations.InviteStaff(As(organization, "operator"), address, Roles.Auditor));
        await Assert.ThrowsAsync<ValidationException>(() => Organizations.InviteStaff(As(organization, "operator"), "bob@example.com", Roles.Reader));
    }
}

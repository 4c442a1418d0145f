using System.Runtime.CompilerServices;
using Scim.Tests.Audit;
using Scim.Tests.Provisioning.RequestLog;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>Makes the pictures of the README anew, when it is asked to: a small company, its Okta, and a day of changes.</summary>
[Collection(InChromium.Name)]
public sealed class ReadmePictures(TestService service, Chromium chromium)
{
    static readonly (string Given, string Family, string Department)[] People =
    [
        ("Amara", "Okafor", "Engineering"), ("Hana", "Haddad", "Finance"), ("Olga", "Hopper", "Security"), ("Bram", "Aziz", "Sales"), ("Ines", "Chen", "People"), ("Priya", "Rahman", "Legal"),
        ("Chloe", "Lind", "Engineering"), ("Jonas", "Murphy", "Finance"), ("Quentin", "Yilmaz", "Security"), ("Dmitri", "Silva", "Sales"), ("Kavya", "Nair", "People"), ("Søren", "Ødegård", "Engineering"),
    ];

    [Fact(Explicit = true)]
    public async Task Writes_the_pictures_of_the_readme()
    {
        using var organization = await service.NewOrganization("Tour Guides");
        using var staff = await StaffOf.Of(service, organization.Id);
        var okta = AuditedOrganization.As("Okta SCIM Client 1.0.0");
        await organization.Send(HttpMethod.Get, "Users?startIndex=1&count=2", more: okta);
        await organization.Send(HttpMethod.Get, "Groups?startIndex=1&count=100", more: okta);
        var ids = new List<string>();
        foreach (var (given, family, department) in People)
        {
            var name = $"{given}.{family}@example.com".ToLowerInvariant();
            await organization.Send(HttpMethod.Get, $"Users?filter={Uri.EscapeDataString($"userName eq \"{name}\"")}", more: okta);
            ids.Add((await organization.Send(HttpMethod.Post, "Users", Body(name, given, family, department, "Analyst", active: true), more: okta)).Id);
        }
        var ines = People[4];
        await organization.Send(HttpMethod.Post, "Groups", TestOrganization.GroupBody("Finance approvers", ids.Skip(3).Take(4)), more: okta);
        await organization.Send(HttpMethod.Put, $"Users/{ids[4]}", Body("ines.chen@example.com", ines.Given, ines.Family, ines.Department, "Senior Analyst", active: true), more: okta);
        await organization.Send(HttpMethod.Put, $"Users/{ids[4]}", Body("ines.chen@example.com", ines.Given, ines.Family, ines.Department, "Senior Analyst", active: false), more: okta);
        await organization.Written();
        await using var window = await SignedIn.As(chromium, staff);
        foreach (var (path, name) in new[] { ("/settings/identity-and-access", "setup"), ("/directory/users", "users"), ($"/directory/users/{ids[4]}", "person") })
        {
            await window.Go(path);
            await window.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder(), name + ".png") });
        }
    }

    static string Body(string userName, string given, string family, string department, string title, bool active) => $$"""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"{{userName}}","externalId":"00u{{userName.Length}}xYzQ0h7","active":{{(active ? "true" : "false")}},
        "displayName":"{{given}} {{family}}","name":{"givenName":"{{given}}","familyName":"{{family}}"},"emails":[{"value":"{{userName}}","type":"work","primary":true}],"title":"{{title}}",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"{{department}}"} }
        """;

    static string Folder([CallerFilePath] string here = "") => Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "pictures")).FullName;
}

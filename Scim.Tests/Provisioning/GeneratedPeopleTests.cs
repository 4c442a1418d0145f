using CsCheck;
using Scim.Domain.Protocol.Json;
using Scim.Tests.Protocol.Filters;

namespace Scim.Tests.Provisioning;

/// <summary>What holds for any person at all.</summary>
public sealed class GeneratedPeopleTests(TestService service)
{
    // Two primaries and what else a person may not have are refused; the rest must come back as it is.
    [Fact]
    public async Task PUT_of_our_own_GET_is_no_event_for_any_person()
    {
        using var org = await service.NewOrganization();
        var (accepted, n) = (0, 0);
        await FilterGen.People.SampleAsync(async people =>
        {
            foreach (var person in people)
            {
                var body = person.With("userName", ScimValue.Of($"person{Interlocked.Increment(ref n)}")).Without("externalId");
                var created = await org.Post("Users", body.ToString());
                if (created.Status != 201) continue;
                Interlocked.Increment(ref accepted);
                var read = await org.Get($"Users/{created.Id}");
                Assert.Equal(created.Text, read.Text);
                var put = await org.Put($"Users/{created.Id}", read.Text);
                Assert.Equal((200, read.Text, read.ETag), (put.Status, put.Text, put.ETag));
                Assert.Equal(["user_provisioned"], await org.Events(created.Id));
            }
        }, iter: 40, threads: 2);
        Assert.InRange(accepted, 50, int.MaxValue);
    }
}

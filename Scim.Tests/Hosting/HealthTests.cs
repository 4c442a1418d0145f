using Scim.Api.Hosting;
using Scim.Api.Operator;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Hosting;

/// <summary>What a load balancer and a container's health check learn.</summary>
public sealed class HealthTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_living_service_says_which_build_it_is()
    {
        using var stranger = new HttpClient { BaseAddress = service.Address };
        Assert.Equal($$"""{"status":"live","build":"{{BuildVersion.Text}}"}""", await stranger.GetStringAsync("/health/live", Ct));
    }

    [Fact]
    public async Task The_health_command_finds_the_service_by_the_address_that_it_leaves() =>
        Assert.Equal(0, await HealthCommand.Ask(service.Service.Foundation.Folder, Ct));

    [Theory]
    [InlineData("http://[::]:1")]
    [InlineData("http://0.0.0.0:1")]
    public async Task An_address_of_a_service_that_was_killed_is_no_health(string address)
    {
        await using var folder = new TemporaryFolder();
        ServiceAddress.Announce(folder.Folder, address);
        var refused = await Assert.ThrowsAsync<StartupException>(() => HealthCommand.Ask(folder.Folder, Ct));
        Assert.Contains("does not answer", refused.Message, StringComparison.Ordinal);
    }
}

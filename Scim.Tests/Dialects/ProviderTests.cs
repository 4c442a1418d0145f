using Scim.Domain.Dialects;

namespace Scim.Tests.Dialects;

public class ProviderTests
{
    [Theory]
    [InlineData("Okta SCIM Client 1.0.0", "okta")]
    [InlineData("OKTA SCIM Integration", "okta")]
    [InlineData("Google-Auto-Provisioning", "google")]
    [InlineData("Rippling SCIM", "rippling")]
    [InlineData("goauthentik.io/2026.10", "authentik")]
    [InlineData("SailPoint/8.4", "sailpoint")]
    [InlineData("Microsoft.Azure.ActiveDirectory.Sync", "entra")]
    [InlineData("curl/8.5.0", "unknown")]
    [InlineData("", "unknown")]
    [InlineData(null, "unknown")]
    public void A_provider_is_told_by_its_user_agent(string? agent, string expected) => Assert.Equal(expected, Provider.Of(agent, [], [], []));

    [Fact]
    public void Without_one_it_is_told_by_what_only_it_sends()
    {
        Assert.Equal("entra", Provider.Of(null, ["ADSCIMVersion"], [], []));
        Assert.Equal("entra", Provider.Of(null, [], ["filter", "aadOptscim062020"], []));
        Assert.Equal("entra", Provider.Of("", [], [], ["op in another case"]));
        Assert.Equal("okta", Provider.Of(null, ["X-Okta-Request-Id"], [], []));
        Assert.Equal("salesforce", Provider.Of(null, [], [], ["members inside a remove value"]));
        Assert.Equal(Provider.Unknown, Provider.Of(null, ["Accept"], ["filter"], ["schemas missing"]));
    }

    [Fact]
    public void The_user_agent_comes_before_the_shape() => Assert.Equal("okta", Provider.Of("Okta SCIM Client 1.0.0", ["adscimversion"], [], ["op in another case"]));
}

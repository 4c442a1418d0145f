namespace Scim.Api.Provisioning;

/// <summary>Routes of SCIM.</summary>
internal static class ScimRoutes
{
    /// <summary>Everything that identity providers call.</summary>
    internal static void MapScim(this WebApplication app)
    {
        var scim = app.MapGroup("/scim/v2/{organization}").ExcludeFromDescription();
        scim.MapUsers();
    }
}

namespace Scim.Api.Access.Pages;

/// <summary>A member of staff as passkeys know them.</summary>
internal sealed record StaffAccount(Guid Organization, Guid Id)
{
    /// <summary>What an authenticator keeps as the user handle.</summary>
    internal string Handle => Id.ToString("D");
}

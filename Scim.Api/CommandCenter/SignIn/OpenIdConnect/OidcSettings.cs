using Scim.Api.Hosting;

namespace Scim.Api.CommandCenter.SignIn.OpenIdConnect;

/// <summary>The section <c>OpenIdConnect</c>: where staff signs in besides passkeys, and what makes an administrator or an auditor of them.</summary>
/// <param name="Authority">The issuer, such as <c>https://example.okta.com</c>; without it nobody signs in this way.</param>
/// <param name="Organization">Whose staff they are; may be left out where the installation has one organization.</param>
/// <param name="RoleClaim">The claim whose values are looked up in the two lists.</param>
internal sealed record OidcSettings(string? Authority, string ClientId, string? ClientSecret, Guid? Organization, string RoleClaim, string[] Scopes, string[] Admins, string[] Auditors, string Name)
{
    internal const string Section = "OpenIdConnect";

    internal bool IsConfigured => Authority is not null;

    /// <exception cref="StartupException">The section is begun and not finished.</exception>
    internal static OidcSettings Of(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var organization = section["Organization"];
        var settings = new OidcSettings(section["Authority"] is { Length: > 0 } authority ? authority.TrimEnd('/') : null, section["ClientId"] ?? "", section["ClientSecret"],
            Guid.TryParse(organization, out var id) ? id : null, section["RoleClaim"] ?? "groups", List("Scopes", "openid email profile"), List("Admins", ""), List("Auditors", ""), section["Name"] ?? "your identity provider");
        if (!settings.IsConfigured) return settings;
        if (!Uri.TryCreate(settings.Authority, UriKind.Absolute, out var at) || (at.Scheme != Uri.UriSchemeHttps && !at.IsLoopback)) throw new StartupException($"{Section}:Authority is no https address.");
        if (settings.ClientId.Length == 0) throw new StartupException($"{Section}:ClientId is missing.");
        if (organization is { Length: > 0 } && settings.Organization is null) throw new StartupException($"{Section}:Organization is no id of an organization.");
        if (settings.Admins.Length + settings.Auditors.Length == 0) throw new StartupException($"{Section}:Admins and {Section}:Auditors are both empty: nobody could sign in.");
        return settings;

        // Spaces or commas part; a list by index serves as well.
        string[] List(string name, string otherwise) =>
            section.GetSection(name).Get<string[]>() ?? (section[name] ?? otherwise).Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>The role that those values of the claim give; null where none is mapped.</summary>
    internal string? RoleOf(IEnumerable<string> values)
    {
        var given = values.ToHashSet(StringComparer.Ordinal);
        return Admins.Any(given.Contains) ? Domain.Organizations.Roles.Admin : Auditors.Any(given.Contains) ? Domain.Organizations.Roles.Auditor : null;
    }
}

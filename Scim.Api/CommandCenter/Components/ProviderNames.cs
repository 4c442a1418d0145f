using Scim.Domain.Dialects;

namespace Scim.Api.CommandCenter.Components;

/// <summary>How pages call an identity provider.</summary>
internal static class ProviderNames
{
    internal static string Shown(string? provider) => provider switch { null or Provider.Unknown => "Identity provider", "Entra" => "Microsoft Entra", _ => provider };
}

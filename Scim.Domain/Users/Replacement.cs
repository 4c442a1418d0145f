using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Users;

/// <summary>What a PUT body makes of a person (RFC 7644 §3.5.1).</summary>
public static class Replacement
{
    /// <summary>
    /// The body's resource, with what a PUT keeps when it leaves it out: <c>active</c>, <c>externalId</c>, and an
    /// extension whose URN stands neither in <c>schemas</c> nor as a key. All else that is omitted is cleared.
    /// </summary>
    /// <param name="current">The stored resource.</param>
    /// <param name="desired">The body in stored form.</param>
    /// <param name="body">The body as sent, which alone tells what was mentioned.</param>
    public static ScimObject Of(ScimObject current, ScimObject desired, ScimObject body, ResourceType type)
    {
        foreach (var kept in new[] { "active", "externalId" })
            if (body[kept] is null && current[kept] is { } value) desired = desired.With(kept, value);
        var schemas = body["schemas"] is ScimArray urns ? urns.Items.Select(u => u.AsString) : [];
        foreach (var extension in type.Extensions)
        {
            var urn = extension.Schema.Id;
            var mentioned = schemas.Contains(urn, StringComparer.OrdinalIgnoreCase)
                || body.Members.Any(m => m.Key.StartsWith(urn, StringComparison.OrdinalIgnoreCase));
            if (!mentioned && current[urn] is { } value) desired = desired.With(urn, value);
        }
        return desired;
    }
}

using System.Globalization;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Messages;

/// <summary>The body of a refusal, RFC 7644 §3.12.</summary>
public static class ErrorMessage
{
    /// <summary>The URN of the message.</summary>
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// <summary>The body of this refusal; its status is a string.</summary>
    /// <param name="requestId">Under which the service's log has it, put at the end of the sentence; null leaves it out.</param>
    public static ScimObject Compose(ScimException error, string? requestId = null) =>
        Compose(error.Status, error.ScimType, requestId is null ? error.Message : $"{error.Message} (request {requestId})");

    /// <summary>The body of a refusal; <paramref name="scimType"/> stands with 400 and 409 only.</summary>
    public static ScimObject Compose(int status, string? scimType, string detail)
    {
        List<(string, ScimValue)> members = [("schemas", ScimValue.Of(ScimValue.Of(Urn))), ("status", ScimValue.Of(status.ToString(CultureInfo.InvariantCulture)))];
        if (scimType is not null && status is 400 or 409) members.Add(("scimType", ScimValue.Of(scimType)));
        members.Add(("detail", ScimValue.Of(detail)));
        return ScimValue.Of(members);
    }
}

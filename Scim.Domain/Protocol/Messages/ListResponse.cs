using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Messages;

/// <summary>The answer to a query, RFC 7644 §3.4.2.</summary>
public static class ListResponse
{
    /// <summary>The URN of the message.</summary>
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>
    /// One page. Numbers are JSON integers, since Okta stops on text there, and <c>Resources</c> is there when it is empty.
    /// </summary>
    /// <param name="startIndex">Of the first resource, from 1; null on a page that a cursor asked for (RFC 9865).</param>
    /// <param name="nextCursor">For the next page; null on the last.</param>
    public static ScimObject Compose(long totalResults, long? startIndex, IReadOnlyCollection<ScimObject> resources, string? nextCursor = null) =>
        Opening(totalResults, startIndex, resources.Count, nextCursor).With("Resources", ScimValue.Of(resources));

    /// <summary>What of a page stands before its <c>Resources</c>, for one that is written as they come.</summary>
    /// <param name="resources">How many they are.</param>
    public static ScimObject Opening(long totalResults, long? startIndex, int resources, string? nextCursor = null)
    {
        List<(string, ScimValue)> members = [("schemas", ScimValue.Of(ScimValue.Of(Urn))), ("totalResults", ScimValue.Of((decimal)totalResults))];
        if (startIndex is { } first) members.Add(("startIndex", ScimValue.Of((decimal)first)));
        members.Add(("itemsPerPage", ScimValue.Of((decimal)resources)));
        if (nextCursor is not null) members.Add(("nextCursor", ScimValue.Of(nextCursor)));
        return ScimValue.Of(members);
    }
}

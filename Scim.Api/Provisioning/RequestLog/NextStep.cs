using System.Collections.Frozen;
using System.Globalization;
using Scim.Domain.Dialects;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>What an administrator of the identity provider does next about a kind of error.</summary>
internal static class NextStep
{
    // With Okta's own names of places and buttons.
    static readonly FrozenDictionary<string, string> Steps = new Dictionary<string, string>
    {
        ["unknownToken"] = "In Okta open the application, Provisioning, Integration, Edit, and paste a live token of this organization into Authorization; then Test API Credentials. The last four characters shown here tell which token was sent.",
        ["tokenExpired"] = "Generate a token at Settings > Identity and Access > End User > SCIM Provisioning, and paste it in Okta at Provisioning, Integration, Edit.",
        ["tokenRevoked"] = "Paste a live token in Okta at Provisioning, Integration, Edit; somebody revoked the one that is sent.",
        ["scimOff"] = "Switch SCIM on at Settings > Identity and Access > End User > SCIM Provisioning, then press Retry Selected at Okta's Dashboard > Tasks.",
        ["uniqueness"] = "Another person here has this userName. Look that person up: assign the existing account in Okta, or give one of the two another userName, then retry the task.",
        ["groupName"] = "Another group here has this displayName. In Okta link the pushed group to the existing one (Push Groups, Link Group), or rename one of the two; then push again.",
        ["heldByDeactivated"] = "A deactivated person here has this userName. Assign that person again in Okta, which reactivates, or delete or rename that person first; then retry the task.",
        ["heldBySuspended"] = "An administrator suspended the person here. Lift the suspension in this Command Center, then retry the task in Okta.",
        ["notFound"] = "The id is not known here: the person was deleted, or the application's mapping comes from another organization. In Okta unassign and assign the person again.",
        ["invalidFilter"] = "Check the Unique identifier field for users at Provisioning, Integration: userName or email. Another tool must send a filter that its error names as right.",
        ["invalidValue"] = "Correct the value named in the detail: in the person's Okta profile, or in the application's mapping at Provisioning, To App. Then retry the task.",
        ["invalidSyntax"] = "The body is malformed. If Okta sent it, check custom attribute mappings at Provisioning, To App; another tool must be corrected.",
        ["invalidPath"] = "An attribute mapping names what no schema here knows. Correct its external name and namespace in Okta's Profile Editor.",
        ["noTarget"] = "A mapping changes part of a value that the person does not have. Map the whole value (such as the primary work e-mail), then retry the task.",
        ["mutability"] = "A mapping writes an attribute that cannot be changed. Remove it at Provisioning, To App.",
        ["tooMany"] = "Too much in one request. Narrow the filter, or send fewer operations at once.",
        ["badRequest"] = "Correct the request as the detail says; one made by Okta itself is worth a ticket with the request id.",
        ["forbidden"] = "This cannot be asked here. Correct the tool as the detail says.",
        ["verb"] = "The tool uses a verb that this path does not take. Correct the tool; the base URL must end with the organization's id.",
        ["slowBody"] = "The body came too slowly. Look at the network or the proxy between; the provider tries again by itself.",
        ["conflict"] = "The request does not fit the present state; the detail says what to end first. Then retry.",
        ["preconditionFailed"] = "Somebody else changed the resource meanwhile. Read it again and repeat the change.",
        ["tooLarge"] = "The body is too large. Send less at once; check mappings for pictures and other large values.",
        ["urlTooLong"] = "The address is too long. Send a shorter filter.",
        ["mediaType"] = "Set the tool's content type to application/scim+json.",
        ["tooOften"] = "Too many requests at once; the provider tries again by itself. If it lasts, look for a loop or a second tool with the same token.",
        ["headersTooLarge"] = "The headers are too large. Look at the proxy between, or at custom headers of the tool.",
        ["failure"] = "A fault here, not in your settings. Give the request id to the operator of this service; Okta's task can be retried later.",
        ["notImplemented"] = "This is not offered here. Take it out of the tool's configuration.",
        ["unavailable"] = "The service was busy or its database away; providers try again by themselves. Retry the task in Okta if it is still listed.",
    }.ToFrozenDictionary();

    // The same elsewhere; {0} is where.
    static readonly FrozenDictionary<string, string> Elsewhere = new Dictionary<string, string>
    {
        ["unknownToken"] = "Open the application's provisioning {0}, and paste a live token of this organization as its secret; then test the connection. The last four characters shown here tell which token was sent.",
        ["tokenExpired"] = "Generate a token at Settings > Identity and Access > End User > SCIM Provisioning, and paste it in the application's provisioning {0}.",
        ["tokenRevoked"] = "Paste a live token in the application's provisioning {0}; somebody revoked the one that is sent.",
        ["scimOff"] = "Switch SCIM on at Settings > Identity and Access > End User > SCIM Provisioning, then start provisioning {0} again.",
        ["uniqueness"] = "Another person here has this userName. Look that person up: assign the existing account {0}, or give one of the two another userName, then provision again.",
        ["groupName"] = "Another group here has this displayName. Link the group to the existing one {0}, or rename one of the two; then provision again.",
        ["heldByDeactivated"] = "A deactivated person here has this userName. Assign that person again {0}, which reactivates, or delete or rename that person first; then provision again.",
        ["heldBySuspended"] = "An administrator suspended the person here. Lift the suspension in this Command Center, then provision the person again {0}.",
        ["notFound"] = "The id is not known here: the person was deleted, or the application's mapping comes from another organization. Take the application from the person {0}, and assign it again.",
        ["invalidFilter"] = "Check by which attribute people are matched {0}: userName or email. Another tool must send a filter that its error names as right.",
        ["invalidValue"] = "Correct the value named in the detail {0}: in the person's profile, or in the attribute mapping. Then provision again.",
        ["invalidSyntax"] = "The body is malformed. Check custom attribute mappings {0}; another tool must be corrected.",
        ["invalidPath"] = "An attribute mapping names what no schema here knows. Correct its target {0}.",
        ["noTarget"] = "A mapping changes part of a value that the person does not have. Map the whole value {0} (such as the primary work e-mail), then provision again.",
        ["mutability"] = "A mapping writes an attribute that cannot be changed. Remove it {0}.",
        ["badRequest"] = "Correct the request as the detail says; one made by the identity provider itself is worth a ticket with the request id.",
        ["failure"] = "A fault here, not in your settings. Give the request id to the operator of this service; provision again later.",
        ["unavailable"] = "The service was busy or its database away; providers try again by themselves.",
    }.ToFrozenDictionary();

    /// <summary>The step for a kind of <see cref="Domain.Protocol.ErrorKind"/>; null where nothing went wrong.</summary>
    /// <param name="provider">Whose administrator takes it, by the name of <see cref="Provider"/>.</param>
    internal static string? For(string? kind, string? provider) =>
        kind is null ? null : provider != "Okta" && Elsewhere.TryGetValue(kind, out var step) ? string.Format(CultureInfo.InvariantCulture, step, Place(provider)) : Steps.GetValueOrDefault(kind);

    static string Place(string? provider) => provider switch { null or Provider.Unknown => "in your identity provider", "Entra" => "in Microsoft Entra", var name => $"in {name}" };
}

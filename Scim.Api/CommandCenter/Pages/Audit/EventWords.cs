using Scim.Api.Audit.Timeline;
using Scim.Api.EventStore;
using Scim.Domain.Organizations;

namespace Scim.Api.CommandCenter.Pages.Audit;

/// <summary>How pages speak of events.</summary>
internal static class EventWords
{
    /// <summary>Every kind by its pinned name.</summary>
    internal static IReadOnlyList<(string Value, string Text)> Types { get; } = [.. EventTypes.ByName.Keys.Order(StringComparer.Ordinal).Select(t => (t, Type(t)))];

    /// <summary><c>user_deactivated</c> is "User deactivated".</summary>
    internal static string Type(string name) => char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' ');

    internal static string Tone(string type) => type switch
    {
        "user_deactivated" or "user_suspended" or "user_deleted" or "user_erased" or "group_deleted" or "scim_disabled" or "token_revoked" or "key_revoked" or "staff_removed" => "bad",
        "user_provisioned" or "user_reactivated" or "user_suspension_lifted" or "group_created" or "scim_enabled" => "good",
        _ => "",
    };

    /// <summary>Everybody who may stand on an event as its actor.</summary>
    internal static IReadOnlyList<(string Value, string Text)> Actors(Organization organization) =>
    [
        .. organization.Tokens.OrderByDescending(t => t.CreatedAt).Select(t => ($"scim-token:{t.Id:D}", $"Token {t.Label}")),
        .. organization.Staff.Select(s => ($"staff:{s.Id:D}", s.Email ?? "A member of staff")),
        .. organization.Keys.OrderByDescending(k => k.CreatedAt).Select(k => ($"key:{k.Id:D}", $"Key {k.Label}")),
        ("operator", "The operator"), ("system", "The service"),
    ];

    /// <summary>Who did it, in few words: by the label of a token or a key, or the address of a member of staff.</summary>
    internal static string By(ToldActor actor) => actor.Kind == "operator" ? actor.Name : actor.Label ?? actor.Name;

    /// <inheritdoc cref="By(ToldActor)"/>
    internal static string By(string? actor, Organization? organization) => By(Scim.Api.Audit.Timeline.Actors.Of(actor, null, organization));

    /// <summary>The page of whom or what an event is about; null where there is none.</summary>
    internal static string? PageOf(string type, Guid id) => type switch { "User" => $"/directory/users/{id:D}", "Group" => $"/directory/groups/{id:D}", _ => "/settings/organization" };
}

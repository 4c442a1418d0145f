using Scim.Api.Provisioning.RequestLog;

namespace Scim.Api.CommandCenter.Pages.Audit;

/// <summary>How pages speak of logged requests.</summary>
internal static class RequestWords
{
    /// <summary>What may be asked for by name, and what it is called.</summary>
    internal static IReadOnlyList<(string Value, string Text)> Actions { get; } =
    [
        ("create", "Create"), ("update", "Change"), ("replace", "Replace"), ("rename", "Rename"), ("deactivate", "Deactivate"), ("reactivate", "Reactivate"), ("delete", "Delete"), ("members", "Change members"),
        ("lookUp", "Look up"), ("lookUpOther", "Look up otherwise"), ("list", "List"), ("read", "Read"), ("test", "Test the connection"), ("bulk", "Bulk"), ("discovery", "Discovery"), ("me", "/Me"), ("options", "Allowed verbs"), ("access", "Without a valid token"), ("other", "Other"),
    ];

    internal static IReadOnlyList<(string Value, string Text)> Statuses { get; } =
        [("2xx", "2xx done"), ("4xx", "4xx refused"), ("5xx", "5xx failed"), ("400", "400 bad request"), ("401", "401 no valid token"), ("403", "403 SCIM is off"), ("404", "404 not found"), ("409", "409 conflict"), ("429", "429 too many")];

    internal static string Action(string action) => Actions.FirstOrDefault(a => a.Value == action).Text ?? action;

    /// <summary>What it meant; where that can be read no more, what is still known of it.</summary>
    internal static string Sentence(LoggedRequest request) => request switch
    {
        { Sentence: { } sentence } => sentence,
        { Content: "none", Token: null or { Id: null } } => LoggedAction.OfStranger.Sentence,
        _ => $"{Action(request.Action)}: {request.Verb} {request.Route}",
    };

    internal static string Token(LoggedToken? token) => token switch
    {
        null => "no token",
        { Label: { } label } => label,
        { End: { } end } => $"unknown token …{end}",
        _ => "a token",
    };

    internal static string Tone(int status) => status < 400 ? "good" : "bad";
}

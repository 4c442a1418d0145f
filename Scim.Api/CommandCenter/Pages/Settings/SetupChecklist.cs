using Scim.Domain.Organizations;

namespace Scim.Api.CommandCenter.Pages.Settings;

/// <summary>A step of a setup, done as soon as the traffic shows it.</summary>
/// <param name="Evidence">What was seen, or what to do.</param>
/// <param name="Request">The request that shows it.</param>
internal sealed record SetupStep(string Title, bool IsDone, string Evidence, DateTimeOffset? At = null, Guid? Request = null);

/// <summary>Something in the traffic of the last day that is wrong, and what to do.</summary>
internal sealed record SetupWarning(string Words, string Next, DateTimeOffset At, Guid Request);

/// <summary>How far the setup of an identity provider is, by nothing but its traffic.</summary>
internal sealed record SetupChecklist(string Provider, IReadOnlyList<SetupStep> Steps)
{
    internal int Done => Steps.Count(s => s.IsDone);

    internal static SetupChecklist Okta(Organization organization, IReadOnlyDictionary<(string Provider, string Signal), SetupSignal> signals)
    {
        SetupSignal? Of(string signal) => signals.GetValueOrDefault(("Okta", signal)) ?? signals.GetValueOrDefault(("unknown", signal));
        var update = Of(SetupSignals.Updated);
        return new("Okta",
        [
            Token(organization),
            Step("Okta reached us with a valid token", Of(SetupSignals.Tested) ?? Of(SetupSignals.Reached), "Test Connector Configuration was pressed, or a first request came", "In Okta: Provisioning › Integration › Test Connector Configuration"),
            Step("Groups can be read", Of(SetupSignals.GroupsProbe), "Okta read the groups", "Comes with Okta's own test, or when Push Groups is opened"),
            Step("Duplicate check seen", Of(SetupSignals.LookUp), "Okta looks a person up before creating them", "In Okta: Unique identifier field for users is userName or email"),
            Step("First person created", Of(SetupSignals.Created), "A person came from Okta", "In Okta: Assignments › Assign › Assign to People"),
            Step("First update received", update, update?.Verb == "PUT" ? "By PUT: an app made with the App Integration Wizard" : "By PATCH: an app from Okta's catalogue", "Change any attribute of an assigned person in Okta, to test"),
            Step("First deactivation received", Of(SetupSignals.Deactivated), "A person was deactivated, and kept", "Unassign a test person in Okta"),
            Step("Groups pushed", Of(SetupSignals.MembersPushed), "A group came with its members", Of(SetupSignals.GroupPushed) is null ? "In Okta: Push Groups › Push Groups › Find groups by name" : "A group came, and no member yet: its members must be assigned in Okta too"),
            signals.GetValueOrDefault(("", SetupSignals.SignIn)) is { } signIn
                ? new("Sign-in meets the directory", true, "A key asked whether a provisioned person may sign in", signIn.First)
                : new("Sign-in meets the directory", false, "Seen once what signs people in asks this directory by a key of Admins › Keys; provisioning does not need it"),
        ]);
    }

    internal static SetupChecklist Entra(Organization organization, IReadOnlyDictionary<(string Provider, string Signal), SetupSignal> signals)
    {
        SetupSignal? Of(string signal) => signals.GetValueOrDefault(("Entra", signal));
        return new("Microsoft Entra",
        [
            Token(organization),
            Step("Entra reached us with a valid token", Of(SetupSignals.Reached), "A first request came", "In Entra: Provisioning › Admin Credentials › Test Connection"),
            Step("Matching check seen", Of(SetupSignals.LookUp), "Entra looks a person up before creating them", "In Entra: Attribute Mapping matches on userName"),
            Step("First person created", Of(SetupSignals.Created), "A person came from Entra", "In Entra: Provision on demand, or Start provisioning"),
            Step("First update received", Of(SetupSignals.Updated), "An attribute changed", "Change an attribute of a person in scope; Entra's next cycle brings it within 40 minutes"),
            Step("First deactivation received", Of(SetupSignals.Deactivated), "A person was deactivated, and kept", "Remove a test person from the enterprise application"),
            Step("Groups provisioned", Of(SetupSignals.MembersPushed), "A group came with its members", Of(SetupSignals.GroupPushed) is null ? "Assign a group to the enterprise application" : "A group came; Entra sends its members afterwards"),
        ]);
    }

    /// <summary>What went wrong since then, of any provider, and does so still: what the same provider did right afterwards is mended.</summary>
    internal static IReadOnlyList<SetupWarning> Warnings(Organization organization, IReadOnlyDictionary<(string Provider, string Signal), SetupSignal> signals, DateTimeOffset since)
    {
        const string Unique = "In Okta: Unique identifier field for users is userName or email.", Matching = "In Entra: the attribute mapping with matching precedence 1 is userName.";
        return
        [
            .. new[]
            {
                Of(SetupSignals.UnknownToken, SetupSignals.Reached, s => s.TokenEnd is { } end ? $"A token ending in {end} was sent, which is none of yours" : "Requests came with a token that is none of yours", "Paste a live token of this page in Okta: Provisioning › Integration › Edit.", "Paste a live token of this page in Entra: Provisioning › Admin Credentials."),
                Of(SetupSignals.Doubled, SetupSignals.Reached, _ => "Requests go to /scim/v2 twice", "The base URL above is complete: paste it as it is, without adding /scim/v2."),
                organization.ScimEnabled
                    ? Of(SetupSignals.WhileOff, SetupSignals.Reached, _ => "Requests came while SCIM was off, and none since", "Retry in Okta: Dashboard › Tasks.", "In Entra: Provisioning › Restart provisioning.")
                    : Of(SetupSignals.WhileOff, null, _ => "Requests came while SCIM is off", "Switch SCIM on, then retry in Okta: Dashboard › Tasks.", "Switch SCIM on, then in Entra: Provisioning › Restart provisioning."),
                Of(SetupSignals.BadFilter, SetupSignals.LookUp, _ => "A look-up by something that cannot be looked up was refused", Unique, Matching),
                Of(SetupSignals.OtherLookUp, SetupSignals.LookUp, _ => "People are looked up by something else than their userName or e-mail, which finds nobody whom somebody else created", Unique, Matching),
            }.OfType<SetupWarning>().OrderByDescending(w => w.At),
        ];

        SetupWarning? Of(string signal, string? mendedBy, Func<SetupSignal, string> words, string next, string? nextInEntra = null) =>
            signals.Where(s => s.Key.Signal == signal && s.Value.Last >= since && !(mendedBy is not null && signals.TryGetValue((s.Key.Provider, mendedBy), out var right) && right.Last > s.Value.Last))
                .OrderByDescending(s => s.Value.Last).Select(s => new SetupWarning(words(s.Value), s.Key.Provider == "Entra" && nextInEntra is not null ? nextInEntra : next, s.Value.Last, s.Value.LastRequest)).FirstOrDefault();
    }

    static SetupStep Token(Organization organization) => organization.Tokens is [var first, ..]
        ? new("Token generated", true, $"“{first.Label}”", first.CreatedAt)
        : new("Token generated", false, "Press Generate token on this page");

    static SetupStep Step(string title, SetupSignal? seen, string done, string next) =>
        seen is null ? new(title, false, next) : new(title, true, done, seen.First, seen.FirstRequest);
}

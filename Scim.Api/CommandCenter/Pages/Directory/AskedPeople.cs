using System.Globalization;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore.Queries;
using Scim.Api.Provisioning;
using Scim.Domain.Dialects;
using Scim.Domain.History;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Pages.Directory;

/// <summary>Whom a page of people is asked for, as it stands in the address; the list and its export read it alike.</summary>
/// <param name="Query">What is asked; null where something of it cannot be read.</param>
/// <param name="Problems">Why not, by the name of the parameter.</param>
/// <param name="Chips">What narrows the list, in words, by the name of the parameter that takes it away.</param>
/// <param name="Group">The group's name, by whatever it was asked for.</param>
internal sealed record AskedPeople(PeopleQuery? Query, IReadOnlyDictionary<string, string> Problems, IReadOnlyList<(string Name, string Words)> Chips, string? Group)
{
    /// <summary>The parameters, without those of order and page.</summary>
    internal static readonly string[] Names = ["q", "status", "source", "department", "group", "since", "signIn", "filter"];

    /// <summary>How the sources of facts are called.</summary>
    internal static readonly (string Value, string Words)[] Sources = [(Source.Scim, "SCIM"), (Source.SignIn, "Sign-in"), (Source.Import, "Import"), (Source.Admin, "Admin")];

    /// <summary>How what somebody may do is called.</summary>
    internal static readonly (string Value, string Words)[] Statuses = [("active", "Active"), ("inactive", "Inactive"), ("suspended", "Suspended")];

    /// <summary>Asks for who has never signed in, as far as what signs people in asks this directory.</summary>
    internal const string Never = "never";

    const int Longest = 256;

    /// <param name="parameter">A parameter of the address; null where there is none.</param>
    /// <param name="groups">The groups of the moment.</param>
    /// <param name="zone">Of days.</param>
    /// <param name="at">The instant of the past; null for now.</param>
    internal static async Task<AskedPeople> Read(Func<string, string?> parameter, GroupBrowser groups, Guid organization, PageZone zone, DateTimeOffset? at, CancellationToken ct)
    {
        var (problems, chips, query) = (new Dictionary<string, string>(), new List<(string, string)>(), new PeopleQuery());
        var group = parameter("group");
        var sort = parameter("sort") ?? "name";
        query = query with { Order = sort.TrimStart('-') switch { "userName" => PeopleOrder.UserName, "changed" => PeopleOrder.Changed, _ => PeopleOrder.Name }, Descending = sort.StartsWith('-') };
        if (Given("q") is { } text) (query, _) = (query with { Text = text }, Chip("q", $"“{text}”"));
        if (Given("status") is { } status)
        {
            if (Words(Statuses, status) is { } words) (query, _) = (query with { Status = status }, Chip("status", words));
            else problems["status"] = "The status is active, inactive or suspended.";
        }
        if (Given("source") is { } source)
        {
            if (Words(Sources, source) is { } words) (query, _) = (query with { Source = source }, Chip("source", $"From {words}"));
            else problems["source"] = "There is no such source.";
        }
        if (Given("department") is { } department) (query, _) = (query with { Department = department }, Chip("department", $"Department {department}"));
        if (Given("group") is { } named)
        {
            if (await groups.Named(organization, named, ct) is var (id, name)) (query, group, _) = (query with { Group = id }, name, Chip("group", $"In {PlainName.Text(name)}"));
            else problems["group"] = $"No group is called “{named}”.";
        }
        if (Given("since") is { } since)
        {
            if (Day(since, zone) is { } day) (query, _) = (query with { Since = day }, Chip("since", $"Changed since {zone.Absolute(day)}"));
            else problems["since"] = "A day such as 2026-03-03, or an instant with its zone.";
        }
        if (Given("signIn") is { } signIn)
        {
            if (signIn == Never) (query, _) = (query with { NeverSignedIn = true, SignedInUntil = at }, Chip("signIn", "Never signed in"));
            else problems["signIn"] = "It is never, or nothing.";
        }
        if (Storable("filter") is { } filter)
        {
            try
            {
                (query, _) = (query with { Filter = UsersApi.ReadFilter(filter, new Notes()) }, Chip("filter", filter));
            }
            catch (ScimException e) when (e.Status < 500)
            {
                problems["filter"] = e.Message;
            }
        }
        return new(problems.Count == 0 ? query : null, problems, chips, group);

        string? Given(string name)
        {
            if (Storable(name) is not { } value) return null;
            if (value.Length <= Longest) return value;
            problems[name] = $"At most {Longest} characters.";
            return null;
        }

        // PostgreSQL has no such text.
        string? Storable(string name)
        {
            if (parameter(name) is not { } value || !value.Contains('\0', StringComparison.Ordinal)) return parameter(name);
            problems[name] = "The character U+0000 stands nowhere.";
            return null;
        }

        int Chip(string name, string words)
        {
            chips.Add((name, words));
            return chips.Count;
        }
    }

    static string? Words((string Value, string Words)[] of, string value) => of.FirstOrDefault(o => o.Value == value).Words;

    static DateTimeOffset? Day(string text, PageZone zone)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return zone.Begin(day).ToUniversalTime();
        try
        {
            return Scim.Api.Audit.AskedMoment.Instant(text, "since");
        }
        catch (ScimException)
        {
            return null;
        }
    }
}

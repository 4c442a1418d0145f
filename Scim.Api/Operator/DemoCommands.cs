using System.CommandLine;
using System.Globalization;
using Scim.Api.Access.Pages;
using Scim.Api.Demo;
using Scim.Domain.Protocol;

namespace Scim.Api.Operator;

/// <summary>A demonstration: <c>demo</c> makes one, <c>demo remove</c> removes it.</summary>
internal static class DemoCommands
{
    static readonly Option<int> People = new("--people")
    {
        HelpName = "N",
        Description = $"How many people it has at the end, {Demonstration.FewestPeople} to {Demonstration.MostPeople}",
        DefaultValueFactory = _ => Demonstration.DefaultPeople,
        Validators = { option => { if (option.GetValueOrDefault<int>() is < Demonstration.FewestPeople or > Demonstration.MostPeople) option.AddError($"--people takes a number from {Demonstration.FewestPeople} to {Demonstration.MostPeople}."); } },
    };

    static readonly Argument<string?> Which = new("ORGANIZATION") { Arity = ArgumentArity.ZeroOrOne, Description = "The demonstration's id or name; the one that there is when left out" };

    internal static Command Build()
    {
        var remove = new Command("remove", "Remove the demonstration with all that is known of it, by the owner's login") { Which };
        remove.SetAction(Remove);
        var demo = new Command("demo", "Make an organization of people who are made up, with 90 days of an identity provider's traffic behind it") { People, Arguments.Json };
        demo.SetAction(Make);
        demo.Add(remove);
        return demo;
    }

    static async Task<int> Make(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var words = !parsed.GetValue(Arguments.Json);
        var said = 0;
        var made = await new Demonstration(installation.Foundation, installation.Origin).Make(parsed.GetValue(People), progress =>
        {
            if (!words || progress.Day < said + 10 && progress.Day < Demonstration.Days) return;
            said = progress.Day;
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Day {progress.Day} of {progress.Days}: {progress.People:N0} people, {progress.Requests:N0} requests"));
        }, ct);
        var link = $"{installation.PageOrigin}/setup/{await installation.Invitations.Make(made.Organization.Id, staff: null, ct)}";
        var baseUrl = installation.Origin + made.Organization.BasePath;
        if (!words) return await Answer.Json(new { organization = made.Organization.Id, baseUrl, token = made.Token, link, made.People, made.Groups, made.Requests, seconds = Math.Round(made.Took.TotalSeconds, 1) });
        return await Answer.Words(string.Create(CultureInfo.InvariantCulture, $"""

            Made "{made.Organization.Name}" in {made.Took.TotalSeconds:N0} seconds: {made.People:N0} people, {made.Groups} groups, {Demonstration.Days} days, {made.Requests:N0} requests.

              Id        {made.Organization.Id:D}
              Base URL  {baseUrl}
              Token     {made.Token}

            Look at it in the Command Center, as its administrator; the link is good for {Invitations.GoodFor.TotalMinutes:0} minutes and one passkey:

              {link}

            Remove it again with: demo remove
            """));
    }

    static async Task<int> Remove(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = parsed.GetValue(Which) is { } which
            ? await installation.Find(which, ct)
            : await Demonstration.Find(installation.Organizations, ct) ?? throw new ScimException(404, null, "There is no demonstration.");
        var rows = await DemoRemoval.Run(installation.Foundation, found, ct);
        return await Answer.Words(string.Create(CultureInfo.InvariantCulture, $"Removed \"{found.Name}\" with {rows:N0} rows."));
    }
}

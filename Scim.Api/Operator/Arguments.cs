using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Scim.Api.Operator;

/// <summary>The arguments and options that several commands share.</summary>
internal static class Arguments
{
    internal static readonly Option<string?> As = new("--as")
    {
        HelpName = "NAME",
        Description = "The name of whoever does this. It stands on the event as operator:NAME and cannot be erased later; without it stands operator",
        Recursive = true,
        Validators = { Named },
    };

    internal static readonly Option<bool> Json = new("--json") { Description = "Answer with one line of JSON" };

    internal static readonly Argument<string> Organization = new("ORGANIZATION") { Description = "The organization's id, or its name where only one has it" };

    internal static readonly Argument<string?> OneOrAll = new("ORGANIZATION") { Arity = ArgumentArity.ZeroOrOne, Description = "The organization's id, or its name where only one has it; all organizations when left out" };

    internal static readonly Argument<Guid> Token = new("TOKENID") { Description = "The token's id, as token list shows it", CustomParser = a => Id(a, "token") };

    internal static readonly Argument<Guid> Key = new("KEYID") { Description = "The key's id, as key list shows it", CustomParser = a => Id(a, "key") };

    internal static readonly Option<int?> Days = new("--days")
    {
        HelpName = "N",
        Description = $"Days for which it is good; {CommandCenter.Organizations.OrganizationAdministration.DefaultTokenDays} unless said otherwise",
        CustomParser = Number,
    };

    internal static readonly Option<TimeSpan?> Expiring = new("--expiring")
    {
        HelpName = "TIME",
        Description = "Only live tokens that expire within that time, e.g. 30d or 12h; exit code 3 when there are any, no word when there are none",
        CustomParser = Span,
    };

    static void Named(OptionResult option)
    {
        if (option.Tokens is [{ Value: var name }] && (string.IsNullOrWhiteSpace(name) || name.Length > 100 || name.Any(char.IsControl)))
            option.AddError("--as takes a name of 1 to 100 characters.");
    }

    static Guid Id(ArgumentResult argument, string of)
    {
        if (Guid.TryParseExact(argument.Tokens[0].Value, "D", out var id)) return id;
        argument.AddError($"'{argument.Tokens[0].Value}' is no id of a {of}.");
        return default;
    }

    static int? Number(ArgumentResult argument)
    {
        if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var days)) return days;
        argument.AddError($"--days takes a whole number, not '{argument.Tokens[0].Value}'.");
        return null;
    }

    // At most ten years, as long as a token can be good.
    static TimeSpan? Span(ArgumentResult argument)
    {
        if (argument.Tokens[0].Value is [.. var digits, 'd' or 'h'] text && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100_000)
            return text[^1] == 'd' ? TimeSpan.FromDays(Math.Min(number, 3650)) : TimeSpan.FromHours(number);
        argument.AddError($"--expiring takes a number of days or hours such as 30d or 12h, not '{argument.Tokens[0].Value}'.");
        return null;
    }
}

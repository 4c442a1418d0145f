using System.CommandLine;
using System.CommandLine.Parsing;

namespace Scim.Api.Operator;

/// <summary>What was asked is no question: the command line must change, not the installation.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Says in one line what is wrong with a command line, and whom to ask.</summary>
internal static class Usage
{
    /// <remarks>Example: <c>NAME is missing. See: organization create --help</c></remarks>
    internal static string Line(ParseResult parsed)
    {
        var words = new List<string>();
        for (var command = parsed.CommandResult; command.Parent is CommandResult parent; command = parent) words.Insert(0, command.Command.Name);
        return $"{Reason(parsed)} See: {string.Join(' ', [.. words, "--help"])}";
    }

    static string Reason(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var unknown, ..]) return $"'{unknown}' is not understood here.";
        var error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            CommandResult { Command.Subcommands.Count: > 0 } command => $"Say what to do: {string.Join(", ", command.Command.Subcommands.Select(c => c.Name))}.",
            CommandResult command when Missing(command) is { } argument => $"{argument.Name} is missing.",
            ArgumentResult { Tokens.Count: 0 } argument => $"{argument.Argument.Name} is missing.",
            _ => error.Message,
        };
    }

    static Argument? Missing(CommandResult command) =>
        command.Command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && command.GetResult(a) is not { Tokens.Count: > 0 });
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using FluentValidation;
using Npgsql;
using Scim.Api.EventStore.Backups;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.Operator;

/// <summary>
/// The operator's tool: what can be done to the installation from a terminal, beside a running service or alone.
/// Standard output holds the answer and nothing else; 0 is done, 1 refused, 2 asked wrongly, each said in one line; 3 is
/// done, and something needs attention.
/// </summary>
internal static class OperatorCommands
{
    const int Refused = 1, Misused = 2, Interrupted = 130;

    static readonly string[] Options = ["--help", "-h", "-?", "--version", "--as"];

    /// <summary>
    /// Whether the arguments are a command. Settings of the service begin with a dash or a slash or hold an equals sign,
    /// so a mistyped command is refused as one and starts no service.
    /// </summary>
    internal static bool Names(string[] args) =>
        args is [var first, ..] && (Options.Contains(first.Split('=')[0]) || (first.Length > 0 && first[0] is not ('-' or '/') && !first.Contains('=', StringComparison.Ordinal)));

    internal static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is not HelpAction && parsed.Errors.Count + parsed.UnmatchedTokens.Count > 0) return await Say(Usage.Line(parsed), Misused);
        try
        {
            // Told to stop, a command still lets go of the database, and stops it when it was the last to hold it.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
        }
        catch (UsageException e)
        {
            return await Say(e.Message, Misused);
        }
        catch (StartupException e)
        {
            return await Say(e.Message, Refused, asItIs: true); // it may hold SQL to run
        }
        catch (BackupException e)
        {
            return await Say(e.Message, Refused);
        }
        catch (ScimException e)
        {
            return await Say(e.Message, Refused);
        }
        catch (ValidationException e)
        {
            return await Say(string.Join(" ", e.Errors.Select(f => f.ErrorMessage)), Refused);
        }
        catch (NpgsqlException e)
        {
            return await Say($"The database does not answer as it should: {e.Message}", Refused);
        }
        catch (OperationCanceledException)
        {
            return await Say("Interrupted.", Interrupted);
        }
    }

    static RootCommand Root()
    {
        var root = new RootCommand("A SCIM 2.0 service. Without a command it serves; with one it is the operator's tool, which works beside a running service and alone.")
        {
            Arguments.As,
            OrganizationCommands.Build(),
            TokenCommands.Build(),
            KeyCommands.Build(),
            AdminCommands.Build(),
            DemoCommands.Build(),
            InstallationCommands.Operator(),
            InstallationCommands.Database(),
            HealthCommand.Build(),
            BackupCommands.Backup(),
            BackupCommands.Restore(),
            ReplayCommand.Build(),
        };
        root.Directives.Clear(); // an argument in brackets is an argument
        root.Options.OfType<HelpOption>().Single().Description = "Say what a command does and how it is written";
        var version = root.Options.OfType<VersionOption>().Single();
        version.Description = "Print the version and the commit";
        version.Action = new PrintVersion();
        return root;
    }

    sealed class PrintVersion : AsynchronousCommandLineAction
    {
        public override Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default) => Answer.Words(BuildVersion.Text);
    }

    static async Task<int> Say(string message, int exit, bool asItIs = false)
    {
        await Console.Error.WriteLineAsync(asItIs ? message : message.ReplaceLineEndings(" "));
        return exit;
    }
}

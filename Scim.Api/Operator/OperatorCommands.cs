namespace Scim.Api.Operator;

internal static class OperatorCommands
{
    internal static bool Names(string[] args) => args.Length > 0 && !args[0].StartsWith('-');

    internal static Task<int> RunAsync(string[] args) => Task.FromResult(2);
}

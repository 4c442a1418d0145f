namespace Scim.Api.Hosting;

/// <summary>What keeps the program from starting and how to get past it, said to the operator in one line, without a stack trace.</summary>
internal sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);

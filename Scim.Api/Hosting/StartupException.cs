namespace Scim.Api.Hosting;

/// <summary>Why the service does not start, in words for who starts it; printed without a stack trace.</summary>
internal sealed class StartupException(string message) : Exception(message);

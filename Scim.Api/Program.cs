using Scim.Api.Hosting;
using Scim.Api.Operator;

// The same program is the service and, with a command, the operator's tool.
return OperatorCommands.Names(args) ? await OperatorCommands.RunAsync(args) : await ScimService.RunAsync(args);

/// <summary>The service: also the operator's tool.</summary>
public partial class Program;

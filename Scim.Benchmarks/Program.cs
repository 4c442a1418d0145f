using BenchmarkDotNet.Running;
using Scim.Benchmarks.Audit;
using Scim.Benchmarks.Load;

namespace Scim.Benchmarks;

internal static class Entry
{
    internal static async Task<int> Main(string[] args)
    {
        if (args is [ClientProcess.Name]) return await ClientProcess.Run();
        if (args is ["load", ..]) return await LoadCommand.Run(args);
        if (args is ["audit", ..]) return await AuditCommand.Run(args);
        if (args is ["replay", ..]) return await Replay.ReplayCommand.Run(args);
        BenchmarkSwitcher.FromAssembly(typeof(Entry).Assembly).Run(args);
        return 0;
    }
}

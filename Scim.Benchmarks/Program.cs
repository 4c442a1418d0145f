using BenchmarkDotNet.Running;

namespace Scim.Benchmarks;

internal static class Entry
{
    internal static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Entry).Assembly).Run(args);
}

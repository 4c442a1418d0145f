namespace Scim.Benchmarks.Load;

/// <summary>Measures operations in shuffled rounds, each in its three variants, so that what else the machine does meets all alike.</summary>
internal sealed class Bench(ClientProcess clients, Floor floor, Uri bare, int people, int postmaster, Trips trips, GroupFloor? groups = null)
{
    const int Rounds = 3;

    /// <summary>Long enough for the runtime to have compiled what is hot a second time.</summary>
    const double WarmSeconds = 1.5;

    internal const string Service = "service", Endpoint = "endpoint", Npgsql = "npgsql";

    internal async Task<IEnumerable<(Operation Operation, Dictionary<string, Measured> Of)>> Measure(Operation[] operations, int count, double seconds)
    {
        var slots = operations.SelectMany(o => new[] { Service, Endpoint, Npgsql }.Select(v => (Operation: o, Variant: v, Measured: new Measured()))).ToArray();
        foreach (var (operation, variant, _) in slots) await Run(operation, variant, count, WarmSeconds, new());
        for (var round = 0; round < Rounds; round++)
        {
            Random.Shared.Shuffle(slots);
            foreach (var (operation, variant, measured) in slots) await Run(operation, variant, count, seconds / Rounds, measured);
        }
        return operations.Select(o => (o, slots.Where(s => s.Operation == o).ToDictionary(s => s.Variant, s => s.Measured)));
    }

    /// <summary>The same of groups, by one client: the sizes are measured beside each other.</summary>
    internal async Task<IEnumerable<(GroupOperation Operation, int Size, Dictionary<string, Measured> Of)>> Measure(GroupOperation[] operations, int[] sizes, double seconds)
    {
        var slots = operations.SelectMany(o => sizes.SelectMany(s => new[] { Service, Endpoint, Npgsql }.Select(v => (Operation: o, Size: s, Variant: v, Measured: new Measured())))).ToArray();
        foreach (var (operation, size, variant, _) in slots) await Run(operation, size, variant, WarmSeconds / 3, new());
        for (var round = 0; round < Rounds; round++)
        {
            Random.Shared.Shuffle(slots);
            foreach (var (operation, size, variant, measured) in slots) await Run(operation, size, variant, seconds / Rounds, measured);
        }
        return slots.GroupBy(s => (s.Operation, s.Size)).Select(g => (g.Key.Operation, g.Key.Size, g.ToDictionary(s => s.Variant, s => s.Measured)));
    }

    Task Run(GroupOperation operation, int size, string variant, double seconds, Measured into) => into.Costing(postmaster, trips, async () =>
    {
        if (variant == Npgsql) await into.Add(1, TimeSpan.FromSeconds(seconds), _ => groups!.Run(operation, size));
        else into.Add(await clients.Ask<ClientProcess.Seen>(new ClientProcess.Job(default, variant == Endpoint ? bare : null, 1, seconds, operation, size)));
    });

    Task Run(Operation operation, string variant, int count, double seconds, Measured into) => into.Costing(postmaster, trips, async () =>
    {
        if (variant == Npgsql) await into.Add(count, TimeSpan.FromSeconds(seconds), client => floor.Run(operation, ClientProcess.Person(client, count, people)));
        else into.Add(await clients.Ask<ClientProcess.Seen>(new ClientProcess.Job(operation, variant == Endpoint ? bare : null, count, seconds)));
    });
}

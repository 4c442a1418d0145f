namespace Scim.Benchmarks.Load;

/// <summary>Measures operations in shuffled rounds, each in its three variants, so that what else the machine does meets all alike.</summary>
internal sealed class Bench(ClientProcess clients, Floor floor, Uri bare, int people, int postmaster, Trips trips)
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

    Task Run(Operation operation, string variant, int count, double seconds, Measured into) => into.Costing(postmaster, trips, async () =>
    {
        if (variant == Npgsql) await into.Add(count, TimeSpan.FromSeconds(seconds), client => floor.Run(operation, ClientProcess.Person(client, count, people)));
        else into.Add(await clients.Ask<ClientProcess.Seen>(new ClientProcess.Job(operation, variant == Endpoint ? bare : null, count, seconds)));
    });
}

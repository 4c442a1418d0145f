using System.Globalization;

namespace Scim.Benchmarks.Load;

/// <summary>The figures, one row an operation and number of clients.</summary>
internal sealed class Table(int people)
{
    /// <summary>Rates are requests a second; times and processor times milliseconds; allocation kilobytes; all but rates and percentiles are of one request.</summary>
    internal sealed record Row(string Operation, int Clients, double Rate, double EndpointRate, double NpgsqlRate, double Ratio, double P50, double P99,
        double ClientCpu, double ServiceCpu, double EndpointCpu, double PostgresCpu, double EndpointPostgresCpu, double AllocatedKb, double EndpointAllocatedKb, double Trips);

    internal List<Row> Rows { get; } = [];

    internal void Add(Operation operation, int clients, IReadOnlyDictionary<string, Measured> of) => Add(operation.ToString(), clients, of);

    internal void Add(string operation, int clients, IReadOnlyDictionary<string, Measured> of)
    {
        var (service, endpoint, npgsql) = (of[Bench.Service], of[Bench.Endpoint], of[Bench.Npgsql]);
        Rows.Add(new(operation, clients, service.Rate, endpoint.Rate, npgsql.Rate, service.Rate / endpoint.Rate, service.Percentile(0.5), service.Percentile(0.99),
            service.Each(service.ClientCpu), service.Each(service.ServerCpu), endpoint.Each(endpoint.ServerCpu), service.Each(service.PostgresCpu), endpoint.Each(endpoint.PostgresCpu),
            service.Each(service.Allocated) / 1024, endpoint.Each(endpoint.Allocated) / 1024, service.Each(service.Trips)));
    }

    /// <summary>Shows beside an earlier run what another run of the same machine would not change: ratios, allocation, round trips.</summary>
    internal void Compare(IReadOnlyList<Row> earlier, TextWriter output)
    {
        output.WriteLine("| operation | clients | ratio before | now | KB allocated before | now | trips before | now |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var now in Rows)
            if (earlier.FirstOrDefault(r => (r.Operation, r.Clients) == (now.Operation, now.Clients)) is { } before)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {now.Operation} | {now.Clients} | {before.Ratio:0.00} | {now.Ratio:0.00} | {before.AllocatedKb:0} | {now.AllocatedKb:0} | {before.Trips:0.0} | {now.Trips:0.0} |"));
    }

    internal void Print(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{people} people, fsync on, {Environment.ProcessorCount} cores. In brackets the bare endpoint's."));
        output.WriteLine("| operation | clients | req/s | endpoint | npgsql | ratio | p50 ms | p99 ms | CPU ms client | CPU ms service | CPU ms PostgreSQL | KB allocated | trips |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var r in Rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {r.Operation} | {r.Clients} | {r.Rate:0} | {r.EndpointRate:0} | {r.NpgsqlRate:0} | {r.Ratio:0.00} | {r.P50:0.00} | {r.P99:0.00} | {r.ClientCpu:0.00} | {r.ServiceCpu:0.00} ({r.EndpointCpu:0.00}) | {r.PostgresCpu:0.00} ({r.EndpointPostgresCpu:0.00}) | {r.AllocatedKb:0} ({r.EndpointAllocatedKb:0}) | {r.Trips:0.0} |"));
    }
}

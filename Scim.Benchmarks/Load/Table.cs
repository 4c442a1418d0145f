using System.Globalization;

namespace Scim.Benchmarks.Load;

/// <summary>The figures, one row an operation and number of clients.</summary>
internal sealed class Table(int people)
{
    /// <summary>Rates are requests a second, times and processor times milliseconds.</summary>
    internal sealed record Row(string Operation, int Clients, double Rate, double EndpointRate, double NpgsqlRate, double Ratio, double P50, double P99,
        double ProcessCpu, double EndpointProcessCpu, double PostgresCpu, double EndpointPostgresCpu);

    internal List<Row> Rows { get; } = [];

    internal void Add(Operation operation, int clients, IReadOnlyDictionary<string, Measured> of)
    {
        var (service, endpoint, npgsql) = (of["service"], of["endpoint"], of["npgsql"]);
        Rows.Add(new(operation.ToString(), clients, service.Rate, endpoint.Rate, npgsql.Rate, service.Rate / endpoint.Rate, service.Percentile(0.5), service.Percentile(0.99),
            service.OwnCpuEach, endpoint.OwnCpuEach, service.PostgresCpuEach, endpoint.PostgresCpuEach));
    }

    internal void Print(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{people} people, fsync on, {Environment.ProcessorCount} cores. Processor time of the process is service and clients together; in brackets the bare endpoint's."));
        output.WriteLine($"{"operation",-13}{"clients",8}{"req/s",9}{"endpoint",10}{"npgsql",9}{"ratio",7}{"p50 ms",9}{"p99 ms",9}  {"CPU ms process",-16}{"CPU ms PostgreSQL",-18}");
        foreach (var r in Rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{r.Operation,-13}{r.Clients,8}{r.Rate,9:0}{r.EndpointRate,10:0}{r.NpgsqlRate,9:0}{r.Ratio,7:0.00}{r.P50,9:0.00}{r.P99,9:0.00}  {$"{r.ProcessCpu:0.00} ({r.EndpointProcessCpu:0.00})",-16}{$"{r.PostgresCpu:0.00} ({r.EndpointPostgresCpu:0.00})",-18}"));
    }
}

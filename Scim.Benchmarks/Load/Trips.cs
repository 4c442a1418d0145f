using System.Diagnostics.Metrics;

namespace Scim.Benchmarks.Load;

/// <summary>Counts what Npgsql sends to PostgreSQL and waits for, as its own meter tells; a bare commit or rollback is not among it.</summary>
internal sealed class Trips : IDisposable
{
    readonly MeterListener _listener;
    long _count;

    internal Trips()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.duration" }) listener.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _count));
        _listener.Start();
    }

    internal long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}

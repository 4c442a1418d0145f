using System.Runtime.InteropServices;

namespace Scim.Api.Provisioning.Dialects;

/// <summary>What is counted apart: one repair of one provider on one day.</summary>
internal sealed record RepairKey(string Tenant, string Provider, string Repair, DateOnly Day);

/// <summary>How often, and the last time.</summary>
internal sealed record Repaired(long Count, DateTimeOffset At, Guid? Token)
{
    internal Repaired With(Repaired more) => (more.At >= At ? more : this) with { Count = Count + more.Count };
}

/// <summary>A name that no schema knew: how often, and what the last request was.</summary>
internal sealed record Skipped(string Provider, string JsonType, long Count, DateTimeOffset At, Guid Request)
{
    internal Skipped With(Skipped more) => (more.At >= At ? more : this) with { Count = Count + more.Count };
}

/// <summary>What has been counted and is not yet written.</summary>
internal sealed class Batch
{
    internal Dictionary<RepairKey, Repaired> Repairs { get; } = [];

    /// <summary>By organization; of one at most so many names as are kept apart.</summary>
    internal Dictionary<string, Dictionary<string, Skipped>> Unmapped { get; } = new(StringComparer.Ordinal);

    internal int Names { get; private set; }

    internal bool IsEmpty => Repairs.Count == 0 && Unmapped.Count == 0;

    internal void Add(RepairKey key, Repaired more)
    {
        ref var repaired = ref CollectionsMarshal.GetValueRefOrAddDefault(Repairs, key, out var known);
        repaired = known ? repaired!.With(more) : more;
    }

    internal void Add(string tenant, string name, Skipped more)
    {
        ref var names = ref CollectionsMarshal.GetValueRefOrAddDefault(Unmapped, tenant, out _);
        names ??= new(StringComparer.Ordinal);
        if (!names.ContainsKey(name) && names.Count >= DialectCounts.MaxNames) name = DialectCounts.More;
        ref var skipped = ref CollectionsMarshal.GetValueRefOrAddDefault(names, name, out var known);
        skipped = known ? skipped!.With(more) : more;
        if (!known) Names++;
    }

    /// <summary>Takes what could not be written back, as far as there is room.</summary>
    internal void TakeBack(Batch unwritten, int room)
    {
        foreach (var (key, repaired) in unwritten.Repairs)
            if (Repairs.Count < room) Add(key, repaired);
        foreach (var (tenant, names) in unwritten.Unmapped)
            foreach (var (name, skipped) in names)
                if (Names < room) Add(tenant, name, skipped);
    }
}

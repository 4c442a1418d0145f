using System.Collections;
using System.Collections.Immutable;

namespace Scim.Domain.Groups;

/// <summary>A set of ids in their order, which is that of their text and of their bytes in RFC 9562: sixteen bytes each.</summary>
public sealed class IdSet : IReadOnlyList<Guid>, IEquatable<IdSet>
{
    readonly ImmutableArray<Guid> _ids;

    IdSet(ImmutableArray<Guid> ids) => _ids = ids;

    /// <summary>The set without ids.</summary>
    public static IdSet Empty { get; } = new([]);

    /// <summary>The set of these ids, in whatever order and however often they come.</summary>
    public static IdSet Of(params IEnumerable<Guid> ids)
    {
        if (ids is IdSet set) return set;
        var sorted = ids.ToArray();
        Array.Sort(sorted);
        var count = 0;
        foreach (var id in sorted)
            if (count == 0 || sorted[count - 1] != id) sorted[count++] = id;
        return count == 0 ? Empty : new(ImmutableArray.Create(sorted.AsSpan(0, count)));
    }

    /// <inheritdoc />
    public int Count => _ids.Length;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _ids.IsEmpty;

    /// <inheritdoc />
    public Guid this[int index] => _ids[index];

    /// <summary>Whether the id is in the set.</summary>
    public bool Contains(Guid id) => _ids.BinarySearch(id) >= 0;

    /// <summary>The ids of either.</summary>
    public IdSet Union(IdSet other) => IsEmpty ? other : other.IsEmpty ? this : Merge(other, left: true, both: true, right: true);

    /// <summary>The ids that the other does not have.</summary>
    public IdSet Except(IdSet other) => IsEmpty || other.IsEmpty ? this : Merge(other, left: true, both: false, right: false);

    /// <summary>The ids of both.</summary>
    public IdSet Intersect(IdSet other) => IsEmpty || other.IsEmpty ? Empty : Merge(other, left: false, both: true, right: false);

    /// <summary>The ids from one place to before another, in order; places beyond the ends are the ends.</summary>
    public IReadOnlyList<Guid> Between(int start, int end)
    {
        (start, end) = (Math.Clamp(start, 0, Count), Math.Clamp(end, 0, Count));
        return _ids.AsSpan(start, end - start).ToArray();
    }

    /// <inheritdoc />
    public bool Equals(IdSet? other) => other is not null && _ids.AsSpan().SequenceEqual(other._ids.AsSpan());

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as IdSet);

    /// <inheritdoc />
    public override int GetHashCode() => IsEmpty ? 0 : HashCode.Combine(Count, _ids[0], _ids[^1]);

    /// <inheritdoc />
    public IEnumerator<Guid> GetEnumerator() => ((IEnumerable<Guid>)_ids).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public override string ToString() => string.Join(' ', _ids);

    IdSet Merge(IdSet other, bool left, bool both, bool right)
    {
        var merged = ImmutableArray.CreateBuilder<Guid>(Math.Max(Count, right ? Count + other.Count : 0));
        var (a, b) = (0, 0);
        while (a < Count || b < other.Count)
        {
            var order = a == Count ? 1 : b == other.Count ? -1 : _ids[a].CompareTo(other._ids[b]);
            var id = order <= 0 ? _ids[a] : other._ids[b];
            if (order < 0 ? left : order == 0 ? both : right) merged.Add(id);
            if (order <= 0) a++;
            if (order >= 0) b++;
        }
        return merged.Count == 0 ? Empty : new(merged.DrainToImmutable());
    }
}

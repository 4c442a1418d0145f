using System.Buffers.Binary;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Replay;

/// <summary>By what rows of a table are in order, here and in PostgreSQL alike.</summary>
internal readonly record struct RowKey(Guid Id, Guid Of = default, string? Text = null, long Number = 0) : IComparable<RowKey>
{
    /// <inheritdoc />
    public int CompareTo(RowKey other)
    {
        var order = Id.CompareTo(other.Id);
        if (order == 0) order = Of.CompareTo(other.Of);
        if (order == 0 && Text is not null) order = CodePointOrder.Compare(Text, other.Text!);
        return order == 0 ? Number.CompareTo(other.Number) : order;
    }

    /// <summary>The id after one, or null after the last of all.</summary>
    internal static Guid? After(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var number = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        if (number == UInt128.MaxValue) return null;
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number + 1);
        return new Guid(bytes, bigEndian: true);
    }
}

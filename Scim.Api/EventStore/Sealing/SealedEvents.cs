using System.Runtime.CompilerServices;
using System.Text.Json;
using JasperFx.Events;

namespace Scim.Api.EventStore.Sealing;

/// <summary>
/// Marten's door to the stored bytes. An event's frame is made by <see cref="Sealer"/> before the save; one that did not
/// pass it cannot be stored.
/// </summary>
/// <param name="shapes">What becomes of old shapes; without it, those of this build.</param>
internal sealed class SealedEvents(KeyRing keys, JsonSerializerOptions json, Shapes? shapes = null) : IEventBinarySerializer
{
    readonly ConditionalWeakTable<object, byte[]> _frames = [];

    internal KeyRing Keys => keys;

    internal JsonSerializerOptions Json => json;

    /// <summary>Opens the bytes of an event by the keys of people that were read before.</summary>
    internal object Open(Type type, ReadOnlySpan<byte> frame, Func<Guid, byte[]?> keyOf) => Frame.Read(type, frame, keyOf, json, shapes);

    internal byte[] Stamp(object e, byte[]? personKey)
    {
        var frame = Frame.Write(e, EventTypes.ShapeOf(e.GetType()), personKey, json);
        _frames.AddOrUpdate(e, frame);
        return frame;
    }

    public byte[] Serialize(Type type, object data) =>
        _frames.TryGetValue(data, out var frame) ? frame : throw new InvalidOperationException($"{type.Name} was not sealed before the save.");

    public object Deserialize(Type type, byte[] data) => Open(type, data, keys.Get);
}

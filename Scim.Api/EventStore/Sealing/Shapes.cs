using System.Collections.Frozen;

namespace Scim.Api.EventStore.Sealing;

/// <summary>A shape of an event that is written no more: how its bytes read, and what of the next shape that is.</summary>
/// <param name="Event">The event as it is today.</param>
/// <param name="Shape">The number that its frames carry.</param>
/// <param name="Record">The record as it was.</param>
/// <param name="Raise">From that record to the one of the next shape; pure, and total over erased values.</param>
internal sealed record OldShape(Type Event, byte Shape, Type Record, Func<object, object> Raise)
{
    /// <summary>By the types that the function speaks of.</summary>
    internal static OldShape Of<TEvent, TOld, TNext>(byte shape, Func<TOld, TNext> raise) where TEvent : class where TOld : class where TNext : class =>
        new(typeof(TEvent), shape, typeof(TOld), old => raise((TOld)old));
}

/// <summary>Old shapes by event: what was written in one reads as the event of today, one shape after the other.</summary>
internal sealed class Shapes(params OldShape[] old)
{
    readonly FrozenDictionary<(Type, byte), OldShape> _old = old.ToFrozenDictionary(s => (s.Event, s.Shape));

    /// <summary>Those of this build; every event is still in its first shape.</summary>
    internal static Shapes Known { get; } = new();

    /// <summary>The record in which the bytes were written, and what makes the event of it where that is another.</summary>
    /// <exception cref="InvalidDataException">The shape is none that this build knows.</exception>
    internal (Type Written, Func<object, object>? Raise) Of(Type type, byte shape)
    {
        var current = EventTypes.ShapeOf(type);
        if (shape == current) return (type, null);
        Func<object, object>? raise = null;
        var written = Old(shape).Record;
        for (var at = shape; at != current; at++)
        {
            var step = Old(at).Raise;
            raise = raise is { } before ? read => step(before(read)) : step;
        }
        return (written, raise);

        OldShape Old(byte of) => _old.TryGetValue((type, of), out var known) && of < current ? known
            : throw new InvalidDataException($"The event {EventTypes.Names[type]} has the shape {of}, which this build does not know.");
    }
}

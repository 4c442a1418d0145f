namespace Scim.Domain.History;

/// <summary>
/// A value about a person inside an event; the default is an erased one. It is stored sealed under that person's own key; once the key is destroyed
/// it reads as erased for ever.
/// </summary>
/// <remarks>Example: the label <c>"Barbara Jensen"</c> of a <c>UserDeactivated</c>.</remarks>
public readonly record struct Personal<T>
{
    readonly T? _value;

    /// <summary>A value that is known.</summary>
    public Personal(T value) => (_value, IsKnown) = (value, true);

    /// <summary>Whether the value can still be read.</summary>
    public bool IsKnown { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It was erased.</exception>
    public T Value => IsKnown ? _value! : throw new InvalidOperationException("The value was erased.");

    /// <summary>The value, or what stands for it after the erasure.</summary>
    public T? Or(T? erased) => IsKnown ? _value : erased;

    /// <summary>A known value becomes a personal one where an event is written.</summary>
    public static implicit operator Personal<T>(T value) => new(value);
}

/// <summary>An event about one person, whose key seals what is personal in it.</summary>
public interface IAboutPerson
{
    /// <summary>The person, open in the stored event.</summary>
    Guid PersonId { get; }
}

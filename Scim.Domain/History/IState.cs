namespace Scim.Domain.History;

/// <summary>A state that is nothing but its history, folded.</summary>
/// <typeparam name="TSelf">The state.</typeparam>
/// <typeparam name="TEvent">The closed set of its events.</typeparam>
public interface IState<TSelf, TEvent> where TSelf : class, IState<TSelf, TEvent> where TEvent : class
{
    /// <summary>The stream's id.</summary>
    Guid Id { get; }

    /// <summary>The number of the last event folded in.</summary>
    long Version { get; }

    /// <summary>The state after one more event; null before the first and after the last of a life.</summary>
    static abstract TSelf? Fold(TSelf? state, TEvent e, Fact fact);
}

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>A request as its organization's administrators see it.</summary>
internal sealed record LoggedRequest(Guid Id, DateTimeOffset At, string Verb, string Route, string Action, int Status)
{
    /// <summary>How many requests the row stands for: more than one where strangers are counted.</summary>
    public int Count { get; init; } = 1;

    public DateTimeOffset? LastAt { get; init; }

    /// <summary>In words; like the detail, the path, the query and the bodies it is null unless <see cref="Content"/> is open.</summary>
    public string? Sentence { get; init; }

    public LoggedToken? Token { get; init; }

    public string Provider { get; init; } = "";

    public string? ProviderRequest { get; init; }

    public string? Agent { get; init; }

    public string? Address { get; init; }

    public string? ResourceType { get; init; }

    public Guid? ResourceId { get; init; }

    public Guid? Person { get; init; }

    public string? ScimType { get; init; }

    public string? DetailKind { get; init; }

    public string? Detail { get; init; }

    public int Milliseconds { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    public IReadOnlyList<CausedEvent> Events { get; init; } = [];

    public IReadOnlyList<string> Repairs { get; init; } = [];

    public IReadOnlyList<string> Unmapped { get; init; } = [];

    /// <summary>Whether it was made from the history after a crash.</summary>
    public bool Rebuilt { get; init; }

    /// <summary><c>open</c>; <c>erased</c> with the person; <c>expired</c> by retention; <c>none</c> where nothing personal was kept.</summary>
    public string Content { get; init; } = "none";

    public string? Path { get; init; }

    public string? Query { get; init; }

    public LoggedBody? Request { get; init; }

    public LoggedBody? Answer { get; init; }

    /// <summary>Where its events stand in the history; only where one request is read.</summary>
    public IReadOnlyList<LoggedCommit>? Commits { get; init; }

    /// <summary>What to do next; only where one request is read.</summary>
    public string? Next { get; init; }
}

/// <summary>A token of the organization by id and label, or the last characters of one that is not.</summary>
internal sealed record LoggedToken(Guid? Id, string? Label, string? End);

/// <summary>An event that a request caused.</summary>
internal sealed record CausedEvent(Guid Id, string Type);

/// <summary>The events of one stream in one command; position and instant once they are given.</summary>
internal sealed record LoggedCommit(Guid Stream, long FromVersion, long ToVersion, long? Position, DateTimeOffset? Instant);

/// <summary>A page, where the next begins, and what this node had to leave out since it started.</summary>
internal sealed record LoggedPage(IReadOnlyList<LoggedRequest> Requests, string? Next, Dropped Dropped);

/// <summary>Errors of one kind.</summary>
internal sealed record RecurringError(int Status, string? ScimType, string? DetailKind, string Action, long Count, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, Guid LastRequest, string? Next);

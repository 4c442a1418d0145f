using Scim.Domain.Organizations;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>One request as it leaves the pipeline: nothing parsed, nothing sealed, so that the answer waits for none of it.</summary>
internal sealed record LogEntry(Guid Organization, Guid Id, DateTimeOffset At, string Verb, string Route, int Status)
{
    /// <summary>The token, when it is one of the organization's.</summary>
    internal Token? Token { get; init; }

    /// <summary>The last characters of a token that is not, for its administrator to recognise.</summary>
    internal string? TokenEnd { get; init; }

    internal string? Address { get; init; }

    internal string? Agent { get; init; }

    internal string? ProviderRequest { get; init; }

    internal IReadOnlyList<string> Headers { get; init; } = [];

    internal string Path { get; init; } = "";

    internal string Query { get; init; } = "";

    internal string? ResourceType { get; init; }

    internal string? ResourceId { get; init; }

    internal string? ScimType { get; init; }

    internal string? DetailKind { get; init; }

    internal string? Detail { get; init; }

    internal int Milliseconds { get; init; }

    internal long BytesIn { get; init; }

    internal long BytesOut { get; init; }

    internal IReadOnlyList<(Guid Id, string Type, Guid Stream)> Events { get; init; } = [];

    internal string? Name { get; init; }

    internal string[] Repairs { get; init; } = [];

    internal string[] Unmapped { get; init; } = [];

    /// <summary>Its bodies; null once they were given up.</summary>
    internal RequestTrace? Bodies { get; init; }

    /// <summary>Whether it was made from the history, which knows no bodies.</summary>
    internal bool Rebuilt { get; init; }

    /// <summary>How many requests it stands for, and when the last of them came.</summary>
    internal int Count { get; init; } = 1;

    internal DateTimeOffset? LastAt { get; init; }

    internal bool IsRead => Verb is "GET" or "HEAD" or "OPTIONS";

    /// <summary>Bytes that it holds in memory for its bodies.</summary>
    internal long Weight => (Bodies?.Request.Bytes.Length ?? 0) + (Bodies?.Answer.Bytes.Length ?? 0);

    /// <summary>The instant that a request's id tells, to the millisecond: a row is found by its id alone.</summary>
    internal static DateTimeOffset InstantOf(Guid id)
    {
        var bytes = id.ToByteArray(bigEndian: true);
        var milliseconds = 0L;
        for (var i = 0; i < 6; i++) milliseconds = milliseconds << 8 | bytes[i];
        return milliseconds <= 253_402_300_799_999 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : DateTimeOffset.UnixEpoch;
    }
}

using System.Globalization;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Versions;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Api.Audit.Replay;

/// <summary>The row of a command in the log of commits.</summary>
internal sealed record Commit(long From, long To, long? Position, Guid? Request);

/// <summary>An event where it must stand in the timeline.</summary>
internal sealed record TimelineRow(long Position, StoredEvent Event, Guid? Request);

/// <summary>How far versions are asked about: up to a position, of a directory whose versions are written up to another.</summary>
internal readonly record struct Horizon(long? Asked, long Written)
{
    internal long Limit => Asked is { } asked ? Math.Min(asked, Written) : Written;
}

/// <summary>One stream as its events make it: what it is, and every row of its versions.</summary>
internal sealed class Refolded(string tenant, Guid id)
{
    const int Named = 20; // of the events behind a state

    readonly VersionBatch _versions = new(tenant, []);
    readonly Queue<EventName> _events = new();
    readonly List<ReplayDifference> _found = [];
    readonly List<TimelineRow> _timeline = [];
    ReadOnlyMemory<byte> _hash = Chain.Genesis;
    long _follows;
    bool _isBroken, _isErased, _saysErased, _isErasureWritten, _lacksCommits;

    internal Guid Id => id;

    internal string? Type { get; private set; }

    /// <summary>How many events were read.</summary>
    internal long Read { get; private set; }

    internal long Version { get; private set; }

    internal User? User { get; private set; }

    internal Group? Group { get; private set; }

    internal Membership Members { get; private set; } = Membership.None;

    internal Organization? Organization { get; private set; }

    internal VersionBatch Versions => _versions;

    internal IReadOnlyList<TimelineRow> Timeline => _timeline;

    /// <summary>What was found in the events themselves.</summary>
    internal IReadOnlyList<ReplayDifference> Found => _found;

    /// <summary>Whether the history follows, so that what is stored beside it can be judged.</summary>
    internal bool IsJudged => !_isBroken;

    /// <summary>Whether versions can be: every event has its commit.</summary>
    internal bool AreVersionsJudged => IsJudged && !_lacksCommits;

    /// <summary>Whether of the person only positions are kept.</summary>
    internal bool IsErased => _isErased || _isErasureWritten;

    /// <summary>Whether values may still stand in versions: the erasure is not written into them yet.</summary>
    internal bool IsErasurePending => _isErased && !_isErasureWritten;

    /// <summary>Whether the event follows the one before; the first that does not is noted.</summary>
    internal bool Follows(StoredEvent e, bool isWhole)
    {
        Read++;
        if (_isBroken) return false;
        var hash = Chain.Hash(_hash.Span, e);
        var stored = e.Headers.GetValueOrDefault(Chain.HashHeader);
        Span<byte> given = stackalloc byte[32];
        if (e.Version != _follows + 1) return Break(_follows + 1, "the event is missing");
        if (stored is null || !Convert.TryFromBase64String(stored, given, out var length) || length != 32 || !given.SequenceEqual(hash)) return Break(e.Version, "the hash of the event is another");
        if (!isWhole) return Break(e.Version, "something stands beside the event's bytes");
        (_hash, _follows) = (hash, e.Version);
        return true;
    }

    /// <summary>Notes where the history does not follow.</summary>
    internal bool Break(long version, string what)
    {
        _isBroken = true;
        _found.Add(new(ReplayDifferenceKind.Broken, ReplayPart.History, Type, id, version, [what], []));
        return false;
    }

    /// <summary>Folds an event that follows.</summary>
    internal void Add(RecordedEvent e, Commit? commit, Horizon horizon)
    {
        if (_isBroken) return;
        var stored = e.Stored;
        if (commit is null || stored.Version < commit.From || stored.Version > commit.To)
        {
            _lacksCommits = true;
            _found.Add(new(ReplayDifferenceKind.Missing, ReplayPart.Commit, Type, id, stored.Version, [], [new(stored.Id, stored.Type)]));
        }
        _isErased |= e.IsErased;
        _saysErased |= e.Event is UserErased;
        _isErasureWritten |= e.Event is UserErased && commit?.Position <= horizon.Written;
        if (commit?.Position is { } position && position <= horizon.Limit)
        {
            _versions.Step(new PositionedEvent(position, commit.Request, e));
            _timeline.Add(new(position, stored, commit.Request));
        }
        else if (horizon.Asked is not null) return;
        Fold(e);
    }

    void Fold(RecordedEvent e)
    {
        Version = e.Stored.Version;
        _events.Enqueue(new(e.Stored.Id, e.Stored.Type));
        if (_events.Count > Named) _events.Dequeue();
        switch (e.Event)
        {
            case UserEvent user:
                (Type, User) = ("User", User.Fold(User, user, e.Fact));
                break;
            case GroupEvent group:
                (Type, Group, Members) = ("Group", Group.Fold(Group, group, e.Fact), Membership.Fold(Members, group));
                break;
            case OrganizationEvent organization:
                (Type, Organization) = ("Organization", Organization.Fold(Organization, organization, e.Fact));
                break;
        }
    }

    /// <summary>After the last event: whether the stream's own row says the same.</summary>
    /// <param name="counted">The version in that row; null where there is none.</param>
    internal void End(long? counted, Horizon horizon)
    {
        if (_isBroken) return;
        if (counted is null) Row(ReplayDifferenceKind.Missing);
        else if (counted != _follows) Row(ReplayDifferenceKind.Differs, $"version {counted.Value.ToString(CultureInfo.InvariantCulture)}");
        if (horizon.Asked is null && _isErased && !_saysErased && User is not null) Break(Version, "the person's key is gone, and no event says so");

        void Row(ReplayDifferenceKind kind, params string[] paths) => _found.Add(new(kind, ReplayPart.History, Type, id, _follows, ["the stream's own row", .. paths], []));
    }

    /// <summary>A difference of what stands beside the events.</summary>
    internal ReplayDifference Difference(ReplayDifferenceKind kind, ReplayPart part, IReadOnlyList<string> paths) => new(kind, part, Type, id, Version, paths, [.. _events]);
}

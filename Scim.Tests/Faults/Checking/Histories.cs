using System.Security.Cryptography;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Tests.Faults.Checking;

/// <summary>An event that could be opened.</summary>
internal sealed record OpenedEvent(StoredEvent Stored, object Event)
{
    internal Fact Fact => new(Stored.Version, Stored.Timestamp, Stored.UserName);
}

/// <summary>The stored events, opened and folded again from their first: what each stream was at each of its versions.</summary>
internal sealed class Histories
{
    readonly Dictionary<(Guid Stream, long Version), OpenedEvent> _at = [];
    readonly Dictionary<(Guid Stream, long Version), User?> _people = [];
    readonly Dictionary<Guid, User?> _last = [];
    readonly Dictionary<(Guid Stream, long Version), Group?> _groupsAt = [];
    readonly Dictionary<(Guid Stream, long Version), Membership> _membersAt = [];
    readonly Dictionary<Guid, (Group? Group, Membership Members)> _groups = [];
    readonly Dictionary<Guid, Organization?> _organizations = [];
    readonly List<Violation> _violations = [];

    internal Histories(StoredRows rows, MasterKey master)
    {
        Rows = rows;
        var keys = new Dictionary<Guid, byte[]?>();
        foreach (var row in rows.Keys)
        {
            try
            {
                keys[row.Person] = master.Unwrap(row.Tenant, row.Person, row.Wrapped);
            }
            catch (CryptographicException)
            {
                _violations.Add(new(Invariant.NothingCrossesOrganizations, $"The key of {row.Person} was not wrapped for {row.Tenant}."));
            }
        }
        Streams = rows.Events.GroupBy(e => e.StreamId).ToDictionary(s => s.Key, s => (IReadOnlyList<StoredEvent>)[.. s]);
        foreach (var stream in Streams.Values) Fold(stream, keys);
    }

    internal StoredRows Rows { get; }

    internal IReadOnlyDictionary<Guid, IReadOnlyList<StoredEvent>> Streams { get; }

    /// <summary>What could not be opened.</summary>
    internal IReadOnlyList<Violation> Violations => _violations;

    /// <summary>People as their streams end; null for those who left.</summary>
    internal IReadOnlyDictionary<Guid, User?> People => _last;

    /// <summary>Groups as their streams end, with their members; null for those who left.</summary>
    internal IReadOnlyDictionary<Guid, (Group? Group, Membership Members)> Groups => _groups;

    internal IReadOnlyDictionary<Guid, Organization?> Organizations => _organizations;

    internal OpenedEvent? At(Guid stream, long version) => _at.GetValueOrDefault((stream, version));

    internal User? PersonAt(Guid stream, long version) => _people.GetValueOrDefault((stream, version));

    internal Group? GroupAt(Guid stream, long version) => _groupsAt.GetValueOrDefault((stream, version));

    internal Membership? MembersAt(Guid stream, long version) => _membersAt.GetValueOrDefault((stream, version));

    internal bool Has(Guid stream, long version) => _at.ContainsKey((stream, version));

    void Fold(IReadOnlyList<StoredEvent> stream, Dictionary<Guid, byte[]?> keys)
    {
        var id = stream[0].StreamId;
        foreach (var stored in stream)
        {
            object opened;
            try
            {
                opened = Frame.Read(EventTypes.ByName[stored.Type], stored.Body.Span, keys.GetValueOrDefault, EventStoreOptions.Json);
            }
            catch (Exception e) when (e is CryptographicException or InvalidDataException or System.Text.Json.JsonException or KeyNotFoundException or ArgumentOutOfRangeException)
            {
                _violations.Add(new(Invariant.HistoryIsChained, $"Event {stored.Version} of {id} cannot be opened: {e.GetType().Name}."));
                continue;
            }
            var known = _at[(id, stored.Version)] = new OpenedEvent(stored, opened);
            if (opened is UserEvent user) _last[id] = _people[(id, stored.Version)] = User.Fold(_last.GetValueOrDefault(id), user, known.Fact);
            else if (opened is GroupEvent group)
            {
                var (before, members) = _groups.GetValueOrDefault(id, (null, Membership.None));
                _groups[id] = (_groupsAt[(id, stored.Version)] = Group.Fold(before, group, known.Fact), _membersAt[(id, stored.Version)] = Membership.Fold(members, group));
            }
            else _organizations[id] = Organization.Fold(_organizations.GetValueOrDefault(id), (OrganizationEvent)opened, known.Fact);
        }
    }
}

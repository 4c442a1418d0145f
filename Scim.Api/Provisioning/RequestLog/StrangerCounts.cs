using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>
/// Requests that carry no token of the organization, and those beyond a token's rate, counted instead of listed: one row
/// for an address, the token's last characters and a minute, so that a flood of requests is no flood of rows.
/// </summary>
internal sealed class StrangerCounts
{
    /// <summary>Rows of one organization and minute; the rest counts together.</summary>
    internal const int MaxRows = 20;

    const int MaxOrganizations = 1000;

    readonly Lock _lock = new();
    readonly Dictionary<Key, LogEntry> _counted = [];
    readonly Dictionary<(Guid Organization, DateTimeOffset Minute), HashSet<Key>> _rows = [];

    /// <summary>Counts one; whether there is something to write that was not before, or false where no room is left.</summary>
    internal bool TryAdd(LogEntry entry)
    {
        var minute = new DateTimeOffset(entry.At.Ticks - entry.At.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        lock (_lock)
        {
            if (_rows.Count > MaxOrganizations) foreach (var old in _rows.Keys.Where(k => k.Minute < minute).ToArray()) _rows.Remove(old);
            if (!_rows.TryGetValue((entry.Organization, minute), out var keys))
            {
                if (_rows.Count > MaxOrganizations) return false;
                _rows[(entry.Organization, minute)] = keys = [];
            }
            // Beyond its rate a stranger is still the same stranger.
            var key = new Key(entry.Organization, minute, entry.Token?.Id, entry.Address, entry.TokenEnd, entry.Token is null && entry.Status == 429 ? 401 : entry.Status);
            if (!keys.Contains(key) && keys.Count >= MaxRows)
            {
                key = key with { Token = null, Address = null, TokenEnd = null, Status = 401 };
                entry = entry with { Token = null, Address = null, TokenEnd = null, Status = 401 };
            }
            keys.Add(key);
            _counted[key] = _counted.TryGetValue(key, out var counted)
                ? counted with { Count = counted.Count + 1, LastAt = entry.At }
                : entry with { Id = key.RowId(), At = minute, LastAt = entry.At, Bodies = null, Path = "", Query = "", Detail = null, ResourceId = null };
            return true;
        }
    }

    /// <summary>Everything counted since the last time.</summary>
    internal IReadOnlyList<LogEntry> Take()
    {
        lock (_lock)
        {
            if (_counted.Count == 0) return [];
            LogEntry[] taken = [.. _counted.Values];
            _counted.Clear();
            return taken;
        }
    }

    sealed record Key(Guid Organization, DateTimeOffset Minute, Guid? Token, string? Address, string? TokenEnd, int Status)
    {
        // The same on every node, so that all count in one row; it begins with its instant like every request's.
        internal Guid RowId()
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Organization:D}\n{Token:D}\n{Address}\n{TokenEnd}\n{Status}")));
            var id = Guid.CreateVersion7(Minute).ToByteArray(bigEndian: true);
            hash.AsSpan(0, 8).CopyTo(id.AsSpan(8));
            (id[6], id[7]) = (0x70, 0);
            return new Guid(id, bigEndian: true);
        }
    }
}

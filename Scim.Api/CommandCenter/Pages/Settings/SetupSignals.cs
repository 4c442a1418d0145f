using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;

namespace Scim.Api.CommandCenter.Pages.Settings;

/// <summary>When something was first and last seen in the provisioning log, and in which requests.</summary>
/// <param name="Verb">Of the first request.</param>
/// <param name="TokenEnd">The last characters of the last unknown token.</param>
internal sealed record SetupSignal(DateTimeOffset First, Guid FirstRequest, string Verb, DateTimeOffset Last, Guid LastRequest, string? TokenEnd);

/// <summary>
/// What the traffic of an identity provider shows of its setup, provider by provider. What was seen stays seen, so each look
/// reads only what came since the last.
/// </summary>
internal sealed class SetupSignals(Placement placement)
{
    internal const string Reached = "reached", Tested = "tested", GroupsProbe = "groupsProbe", LookUp = "lookUp", OtherLookUp = "otherLookUp", Created = "created", Updated = "updated",
        Deactivated = "deactivated", GroupPushed = "groupPushed", MembersPushed = "membersPushed", UnknownToken = "unknownToken", Doubled = "doubled", WhileOff = "whileOff", BadFilter = "badFilter", Used = "used:", SignIn = "signIn";

    // Rows are written after their answers, some later than others.
    static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    const string Sql = $"""
        select r.provider, s.signal, min(r.at), (array_agg(r.id order by r.at, r.id))[1], (array_agg(r.verb order by r.at, r.id))[1],
            max(coalesce(r.last_at, r.at)), (array_agg(r.id order by r.at desc, r.id desc))[1], (array_agg(r.token_end order by r.at desc))[1]
        from history.request_log r cross join lateral unnest(array[
            case when r.token_id is not null and r.status < 400 then '{Reached}' end,
            case when r.token_id is not null and r.status < 400 then '{Used}' || r.token_id end,
            case when r.action = 'test' and r.status < 400 then '{Tested}' end,
            case when r.action = 'list' and r.resource_type = 'Groups' and r.status < 400 then '{GroupsProbe}' end,
            case when r.action = 'lookUp' and r.resource_type = 'Users' and r.status < 400 then '{LookUp}' end,
            case when r.action = 'lookUpOther' and r.status < 400 then '{OtherLookUp}' end,
            case when r.verb = 'POST' and r.resource_type = 'Users' and r.status in (200, 201) and r.action in ('create', 'reactivate') then '{Created}' end,
            case when r.verb in ('PUT', 'PATCH') and r.resource_type = 'Users' and r.status < 400 and r.action <> 'deactivate' then '{Updated}' end,
            case when r.action = 'deactivate' and r.status < 400 then '{Deactivated}' end,
            case when r.verb = 'POST' and r.resource_type = 'Groups' and r.status in (200, 201) and r.action = 'create' then '{GroupPushed}' end,
            case when r.resource_type = 'Groups' and r.status < 400 and (r.verb in ('PUT', 'PATCH') or 'group_members_added' = any(r.event_types)) then '{MembersPushed}' end,
            case when r.detail_kind = 'unknownToken' then '{UnknownToken}' end,
            case when r.route = '{Provisioning.RequestLog.RequestRecorder.DoubledPath}' then '{Doubled}' end,
            case when r.detail_kind = 'scimOff' then '{WhileOff}' end,
            case when r.detail_kind = 'invalidFilter' then '{BadFilter}' end]) s(signal)
        where r.tenant_id = $1 and r.at > $2 and s.signal is not null group by r.provider, s.signal
        """;

    // Whoever stands at a door asks by a key, about somebody whom the directory knows.
    const string SignInSql = "select first_at from history.read_record where tenant_id = $1 and first_at > $2 and kind = 'access' and actor like 'key:%' and person_id is not null order by first_at limit 1";

    readonly ConcurrentDictionary<Guid, Seen> _seen = new();

    /// <summary>Every signal by provider and name.</summary>
    internal Task<IReadOnlyDictionary<(string Provider, string Signal), SetupSignal>> Of(Guid organization, CancellationToken ct) => Deadline.Within(TimeSpan.FromSeconds(5), async ct =>
    {
        var seen = _seen.GetValueOrDefault(organization) ?? new(DateTimeOffset.UnixEpoch, new Dictionary<(string, string), SetupSignal>());
        var signals = new Dictionary<(string, string), SetupSignal>(seen.Signals);
        var latest = seen.UpTo;
        var since = (seen.UpTo - Late).UtcDateTime;
        if (!signals.ContainsKey(("", SignIn)) && await SignedIn(organization, since, ct) is { } signedIn) signals[("", SignIn)] = new(signedIn, Guid.Empty, "", signedIn, Guid.Empty, null);
        await using var command = placement.Command(organization, Sql);
        command.Parameters.Add(new() { Value = since, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var key = (reader.GetString(0), reader.GetString(1));
            var fresh = new SetupSignal(At(reader, 2), reader.GetGuid(3), reader.GetString(4), At(reader, 5), reader.GetGuid(6), reader.IsDBNull(7) ? null : reader.GetString(7));
            signals[key] = signals.TryGetValue(key, out var known) && known.First <= fresh.First ? fresh with { First = known.First, FirstRequest = known.FirstRequest, Verb = known.Verb } : fresh;
            if (fresh.Last > latest) latest = fresh.Last;
        }
        _seen[organization] = new(latest, signals);
        return (IReadOnlyDictionary<(string Provider, string Signal), SetupSignal>)signals;
    }, ct);

    async Task<DateTimeOffset?> SignedIn(Guid organization, DateTime since, CancellationToken ct)
    {
        await using var command = placement.Command(organization, SignInSql);
        command.Parameters.Add(new() { Value = since, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? At(reader, 0) : null;
    }

    static DateTimeOffset At(NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    sealed record Seen(DateTimeOffset UpTo, IReadOnlyDictionary<(string, string), SetupSignal> Signals);
}

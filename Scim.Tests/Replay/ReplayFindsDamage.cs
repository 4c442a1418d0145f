using Scim.Api.Audit.Replay;

namespace Scim.Tests.Replay;

/// <summary>Rows are damaged as only their owner can: each damage is found and named, repaired where the history says how, and nothing else is.</summary>
public sealed class ReplayFindsDamage(TestService service)
{
    [Theory]
    [InlineData("User resource differs: data.resource.title", """update directory.mt_doc_user set data = jsonb_set(data, '{resource,title}', '"Queen"') where id = '{ada}'""")]
    [InlineData("User resource differs: data.state.sources", """update directory.mt_doc_user set data = jsonb_set(data, '{state,sources}', '["import","scim"]') where id = '{ada}'""")]
    [InlineData("User resource differs: data.match.title", """update directory.mt_doc_user set data = data #- '{match,title}' where id = '{ada}'""")]
    [InlineData("User resource differs: user_name_key", "update directory.mt_doc_user set user_name_key = 'other' where id = '{ada}'")]
    [InlineData("User resource differs: external_id", "update directory.mt_doc_user set external_id = 'x' where id = '{ada}'")]
    [InlineData("User resource differs: family_name_key", "update directory.mt_doc_user set family_name_key = 'x' where id = '{ada}'")]
    [InlineData("User resource differs: mt_version", "update directory.mt_doc_user set mt_version = 9 where id = '{ada}'")]
    [InlineData("User resource differs: last_modified", "update directory.mt_doc_user set last_modified = last_modified + interval '1 millisecond' where id = '{ada}'")]
    [InlineData("User resource missing", "delete from directory.mt_doc_user where id = '{ada}'")]
    [InlineData("User resource surplus", "insert into directory.mt_doc_user select (jsonb_populate_record(d, '{\"id\":\"{free}\",\"user_name_key\":\"nobody\"}')).* from directory.mt_doc_user d where id = '{ada}'")]
    [InlineData("Group resource differs: data.state.memberCount", "update directory.mt_doc_group set data = jsonb_set(data, '{state,memberCount}', '7') where id = '{guides}'")]
    [InlineData("Group resource differs: display_name_key", "update directory.mt_doc_group set display_name_key = 'other' where id = '{guides}'")]
    [InlineData("Group resource missing", "delete from directory.mt_doc_group where id = '{guides}'")]
    [InlineData("Organization resource differs: data.ScimEnabled", "update directory.mt_doc_organization set data = jsonb_set(data, '{ScimEnabled}', 'false') where id = '{organization}'")]
    [InlineData("Group membership missing", "delete from directory.group_member where tenant_id = '{organization}' and member_id = '{ada}'")]
    [InlineData("Group membership surplus", "insert into directory.group_member values ('{organization}', '{guides}', '{heir}', false)")]
    [InlineData("Group membership differs: is_group", "update directory.group_member set is_group = true where tenant_id = '{organization}' and member_id = '{ada}'")]
    [InlineData("User resource version differs: to_position", "update directory.user_version set to_position = to_position - 1 where id = '{ada}' and mt_version = 1")]
    [InlineData("User resource version missing", "delete from directory.user_version where id = '{ada}' and mt_version = 2")]
    [InlineData("User resource version differs: data", "update directory.user_version set data = null where id = '{ada}' and mt_version = 2")]
    [InlineData("User resource version differs: has_access", "update directory.user_version set has_access = false where id = '{ada}' and mt_version = 3")]
    [InlineData("Group resource version surplus", "insert into directory.group_version select (jsonb_populate_record(v, '{\"from_position\":1}')).* from directory.group_version v where id = '{guides}' and mt_version = 3")]
    [InlineData("Group membership version differs: to_position", "update directory.member_version set to_position = to_position + 1 where group_id = '{guides}' and to_position < 1000")]
    [InlineData("Group membership version missing", "delete from directory.member_version where group_id = '{guides}' and to_position > 1000")]
    [InlineData("User name missing", "delete from directory.known_as where person_id = '{ada}' and value = 'ada byron'")]
    [InlineData("User name surplus", "insert into directory.known_as values ('{organization}', '{ada}', 'queen', 1, 2)")]
    [InlineData("User timeline missing", "delete from directory.timeline where stream_id = '{ada}' and version = 2")]
    [InlineData("User timeline differs: actor", "update directory.timeline set actor = 'nobody' where stream_id = '{ada}' and version = 2")]
    [InlineData("Group timeline differs: position", "update directory.timeline set position = position + 100000 where stream_id = '{guides}' and version = 1")]
    public async Task Damage_is_named_and_put_right(string named, string damage)
    {
        using var organization = await service.NewOrganization();
        var guests = await Replays.Guests(organization);
        await Replays.Identical(service, organization.Id);
        var counted = await service.Sql("select count(*) from history.mt_events where tenant_id = $1", organization.Id.ToString("D"));

        await service.Sql(guests.Named(damage).Replace("{free}", Guid.CreateVersion7().ToString("D"), StringComparison.Ordinal));

        var (run, found) = await Replays.Of(service, organization.Id, streams: 2);
        Assert.Contains(found, d => Named(d) == named || Named(d).StartsWith(named + ".", StringComparison.Ordinal) || Named(d).StartsWith(named + ",", StringComparison.Ordinal));
        Assert.False(run.IsIdentical);
        Assert.All(found, d => Assert.False(d.Repaired));
        Assert.All(found, d => Assert.True(d.Events.Count > 0 || d.Version is null));

        var (repaired, again) = await Replays.Of(service, organization.Id, repair: true);
        Assert.Equal(found.Count, again.Count);
        Assert.All(again, d => Assert.True(d.Repaired, d.ToString()));
        Assert.True(repaired.IsIdentical);
        await Replays.Identical(service, organization.Id);
        Assert.Equal(counted, await service.Sql("select count(*) from history.mt_events where tenant_id = $1", organization.Id.ToString("D")));
    }

    [Theory]
    [InlineData(2, "bdata = set_byte(bdata, length(bdata) - 1, get_byte(bdata, length(bdata) - 1) # 1)")]
    [InlineData(2, "user_name = 'nobody'")]
    [InlineData(2, "timestamp = timestamp + interval '1 second'")]
    [InlineData(1, "headers = headers || '{\"agent\":\"liar\"}'")]
    [InlineData(3, "type = 'user_suspended'")]
    [InlineData(2, "data = '{\"title\":\"Queen\"}'")]
    [InlineData(3, "is_archived = true")]
    public async Task An_event_that_was_changed_breaks_its_chain_there_and_is_never_repaired(int version, string change)
    {
        using var organization = await service.NewOrganization();
        var guests = await Replays.Guests(organization);
        var of = guests.Named($"stream_id = '{{ada}}' and version = {version}");
        var kept = "directory.kept_" + organization.Id.ToString("N");
        await service.Sql($"create table {kept} as select * from history.mt_events where {of}");
        try
        {
            await service.Sql($"update history.mt_events set {change} where {of}");
            var (_, found) = await Replays.Of(service, organization.Id, repair: true);
            var broken = Assert.Single(found);
            Assert.Equal((ReplayDifferenceKind.Broken, Guid.Parse(guests.Ada), version, false), (broken.Kind, broken.Id, broken.Version, broken.Repaired));
        }
        finally
        {
            await service.Sql($"update history.mt_events e set bdata = k.bdata, user_name = k.user_name, timestamp = k.timestamp, headers = k.headers, type = k.type, data = k.data, is_archived = k.is_archived from {kept} k where k.seq_id = e.seq_id; drop table {kept}");
        }
        await Replays.Identical(service, organization.Id);
    }

    [Fact]
    public async Task A_moment_of_the_past_is_held_against_the_versions_of_that_moment_alone()
    {
        using var organization = await service.NewOrganization();
        var guests = await Replays.Guests(organization);
        var last = await Positions.Settled(service, organization.Id);
        for (var position = 0; position <= last; position++) Assert.Empty((await Replays.Of(service, organization.Id, to: position)).Found);

        var damaged = (long)(await service.Sql(guests.Named("update directory.user_version set display_name_key = 'other' where id = '{ada}' and mt_version = 2 returning from_position")))!;
        Assert.Empty((await Replays.Of(service, organization.Id, to: damaged - 1)).Found);
        Assert.Equal(["display_name_key"], Assert.Single((await Replays.Of(service, organization.Id, to: damaged)).Found).Paths);
        Assert.Empty((await Replays.Of(service, organization.Id, to: last)).Found);
        await Replays.Of(service, organization.Id, repair: true);
        await Replays.Identical(service, organization.Id);
    }

    // Without the ids, which are another's each time.
    static string Named(ReplayDifference d) => $"{d.Type} {d with { Member = null, Position = null, Version = null, Repaired = false }}".Replace($"{d.Type} {d.Type} {d.Id:D}", d.Type, StringComparison.Ordinal);
}

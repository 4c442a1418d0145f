using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Groups;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>What identity providers do to groups, each through the one door.</summary>
internal sealed class GroupProvisioning(History history, Departure departure, GroupDirectory directory, TimeProvider clock)
{
    static ResourceType Type => GroupSchema.ResourceType;

    /// <summary>Members of a group that may all be removed in the ordinary time.</summary>
    const int FewMembers = 10_000;

    /// <summary>POST. That the name is free is looked up first, because a refusal by the index leaves a row behind.</summary>
    internal async Task<Group> Create(Caller caller, GroupBody body)
    {
        var key = CanonicalKey.OfGroupName(body.Header["displayName"]?.AsString ?? "");
        if (await directory.HolderOf(caller.Organization, key, null, CancellationToken.None) is not null) throw NameTaken();
        var id = NewId.Next(clock);
        try
        {
            return await history.Start<Group, GroupEvent>(caller, id, async turn =>
            {
                var found = await MemberDifference.Of(turn, id, body.Program with { ClearsOthers = false }); // nobody is there yet
                AddedMembers.Check(body.Program, found.Known, removes: false, caller.Notes);
                return GroupDecider.Decide(null, new CreateGroup(id, body.Header, found.Delta.AddedUsers, found.Delta.AddedGroups, caller.Source), Type);
            }, body.Program.Named);
        }
        catch (NameTakenException)
        {
            throw NameTaken();
        }
    }

    /// <summary>PUT: the whole group; the members are compared in the database.</summary>
    internal Task<Group> Put(Caller caller, Guid id, IfMatch? ifMatch, Func<Group, GroupBody> read, int rows) =>
        Replace(caller, id, ifMatch, rows, group =>
        {
            var body = read(group);
            return (body.Header, body.Program);
        });

    /// <summary>PATCH: of the members only those it names are looked at.</summary>
    internal Task<Group> Patch(Caller caller, Guid id, IfMatch? ifMatch, GroupPatch patch) =>
        Replace(caller, id, ifMatch, patch.Members.Named, group => (patch.Header.Apply(group.Resource), patch.Members));

    async Task<Group> Replace(Caller caller, Guid id, IfMatch? ifMatch, int rows, Func<Group, (Domain.Protocol.Json.ScimObject Header, MemberProgram Members)> desired)
    {
        var timed = Math.Max(rows, FewMembers);
        try
        {
            return await history.Change<Group, GroupEvent>(caller, id, ifMatch, async (group, turn) =>
            {
                var (header, program) = desired(group ?? throw NotFound(id));
                if (program.ClearsOthers && group.MemberCount > timed) throw new TakesLongerException(timed = (int)Math.Min(group.MemberCount, int.MaxValue));
                var found = await MemberDifference.Of(turn, id, program);
                AddedMembers.Check(program, found.Known, removes: !program.ClearsOthers && found.Delta.Removes, caller.Notes);
                var events = GroupDecider.Decide(group, new ReplaceGroup(header, found.Delta, caller.Source), Type);
                if (events.OfType<GroupRenamed>().FirstOrDefault() is { } renamed && CanonicalKey.Of(renamed.After) is var key && key != group.DisplayNameKey
                    && await directory.HolderOf(caller.Organization, key, turn.Connection, turn.Cancellation) is not null) throw NameTaken();
                return events;
            }, rows: rows) ?? throw NotFound(id);
        }
        catch (NameTakenException)
        {
            throw NameTaken();
        }
    }

    /// <summary>DELETE: the group leaves, also every group that it is in.</summary>
    internal Task Delete(Caller caller, Guid id, IfMatch? ifMatch) => departure.Of<Group, GroupEvent>(caller, id, ifMatch, ResourceTable.Groups,
        group => GroupDecider.Decide(group ?? throw NotFound(id), new DeleteGroup(caller.Source), Type));

    internal static ScimException NotFound(Guid id) => ScimException.NotFound(Type.Name, id.ToString("D"));

    static ScimException NameTaken() =>
        new(409, "uniqueness", "The displayName is held by another group of this organization. Rename one of them, or link to the existing group.") { Kind = ErrorKind.GroupName };
}

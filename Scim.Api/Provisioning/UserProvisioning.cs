using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.Provisioning;

/// <summary>What identity providers do to people, each through the one door; the JSON API and SCIM's verbs share it.</summary>
internal sealed class UserProvisioning(History history, Departure departure, UserDirectory directory, TimeProvider clock)
{
    static ResourceType Type => UserSchema.ResourceType;

    /// <summary>
    /// POST: a new person, or one who comes back. Whom it means is looked up first, because a refusal by the index leaves
    /// a row behind; for one who comes back it is looked up again under that person's lock.
    /// </summary>
    /// <param name="resource">The body in stored form, for somebody new.</param>
    /// <param name="replacing">The body applied as a PUT to the resource of somebody who comes back.</param>
    internal async Task<DirectoryUser> Provision(Caller caller, ScimObject resource, Func<ScimObject, ScimObject> replacing)
    {
        var (userName, externalId) = (resource["userName"]?.AsString ?? "", resource["externalId"]?.AsString);
        var key = CanonicalKey.OfUserName(userName);
        var active = resource["active"]?.AsBoolean ?? true;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            try
            {
                var found = ProvisioningMatch.Find(await directory.Candidates(caller.Organization, key, externalId, null, CancellationToken.None), externalId, active);
                if (found is { } id) return await Reactivate(caller, id, replacing, key, externalId);
                var fresh = NewId.Next(clock);
                return await WithDerived(caller, await history.Start<User, UserEvent>(caller, fresh, UserDecider.Decide(null, new ProvisionUser(fresh, resource, caller.Source), Type)), null);
            }
            catch (Exception e) when (e is NameTakenException or MeantSomebodyElseException)
            {
                // Somebody was first: the list of cases once more.
            }
        }
        throw ScimException.Unavailable("Other requests for this userName are under way. Try again.");
    }

    /// <summary>
    /// PUT: the whole resource, which providers send again and again. One that changes nothing is answered from one read,
    /// as of the moment of it; anything else waits for its turn.
    /// </summary>
    internal async Task<DirectoryUser> Put(Caller caller, Guid id, IfMatch? ifMatch, Func<ScimObject, ScimObject> desired)
    {
        var found = await directory.Find(caller.Organization, id, directory.WithState, CancellationToken.None) ?? throw NotFound(id);
        ifMatch?.Check(found.User.Version);
        var events = UserDecider.Decide(found.User, new ReplaceUser(desired(found.User.Resource), caller.Source), Type);
        return events.Count == 0 ? found : await Replace(caller, id, ifMatch, desired);
    }

    /// <summary>PATCH: the resource as it shall be, from the one that is.</summary>
    internal async Task<DirectoryUser> Replace(Caller caller, Guid id, IfMatch? ifMatch, Func<ScimObject, ScimObject> desired)
    {
        string? wanted = null, groups = null;
        try
        {
            var after = await history.Change<User, UserEvent>(caller, id, ifMatch, async (user, turn) =>
            {
                groups = turn.Beside;
                var events = UserDecider.Decide(user ?? throw NotFound(id), new ReplaceUser(desired(user.Resource), caller.Source), Type);
                wanted = TakenName(user, events);
                if (wanted is not null) await RefuseHeld(caller, id, wanted, turn);
                return events;
            }, UserDirectory.GroupsBeside) ?? throw NotFound(id); // stored, its answer lost, and deleted by the next before it was found
            return await WithDerived(caller, after, groups);
        }
        catch (NameTakenException)
        {
            await RefuseHeld(caller, id, wanted!, null);
            throw ScimException.Uniqueness("The userName was taken by another person at this moment. Try again.");
        }
    }

    /// <summary>DELETE: the person leaves, also every group; the userName is free.</summary>
    internal Task Delete(Caller caller, Guid id, IfMatch? ifMatch) => departure.Of<User, UserEvent>(caller, id, ifMatch, ResourceTable.Users,
        user => UserDecider.Decide(user ?? throw NotFound(id), new DeleteUser(caller.Source), Type));

    internal static ScimException NotFound(Guid id) => ScimException.NotFound(Type.Name, id.ToString("D"));

    async Task<DirectoryUser> Reactivate(Caller caller, Guid id, Func<ScimObject, ScimObject> replacing, string key, string? externalId)
    {
        string? groups = null;
        var after = await history.Change<User, UserEvent>(caller, id, ifMatch: null, async (user, turn) =>
        {
            groups = turn.Beside;
            var again = ProvisioningMatch.Find(await directory.Candidates(caller.Organization, key, externalId, turn.Connection, turn.Cancellation), externalId, active: true);
            if (user is null || again != id) throw new MeantSomebodyElseException();
            return UserDecider.Decide(user, new ReplaceUser(replacing(user.Resource).With("active", ScimValue.True), caller.Source), Type);
        }, UserDirectory.GroupsBeside);
        return await WithDerived(caller, after!, groups);
    }

    // The manager is another person, asked for only where there is one.
    async Task<DirectoryUser> WithDerived(Caller caller, User user, string? groups) =>
        new(user, UserAnswer.ManagerOf(user.Resource) is null ? new DerivedOfUser(null, groups) : await directory.DerivedOf(caller.Organization, user.Id, CancellationToken.None));

    // The key that the events take for the person: by a rename, or by coming back after the name was released.
    static string? TakenName(User user, IReadOnlyList<UserEvent> events)
    {
        var name = events.OfType<UserRenamed>().FirstOrDefault()?.After.Value ?? user.UserName;
        var takes = !user.IsUserNameReleased || events.Any(e => e is UserReactivated);
        var key = CanonicalKey.Of(name);
        return takes && key != user.UserNameKey ? key : null;
    }

    async Task RefuseHeld(Caller caller, Guid id, string key, Turn? turn)
    {
        var holders = await directory.Candidates(caller.Organization, key, null, turn?.Connection, turn?.Cancellation ?? CancellationToken.None);
        var holder = holders.FirstOrDefault(c => c.HoldsUserName && c.Id != id);
        if (holder is null) return;
        throw holder.Active ? ScimException.Uniqueness("The userName is held by another person of this organization.") : ProvisioningMatch.HeldByDeactivated();
    }
}

/// <summary>Under the lock the look-up of a POST gave another answer than before it; it begins again.</summary>
internal sealed class MeantSomebodyElseException() : Exception("The look-up gave another answer under the lock.");

using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Users;

/// <summary>One thing that is so about a person, and the event that made it so. Nothing since has changed it, or it would be that event.</summary>
/// <param name="Path"><c>access</c>, <c>suspended</c>, or the attribute's path.</param>
/// <param name="Value">The value; null when it is erased.</param>
/// <param name="IsErased">Whether the value can be read no more.</param>
/// <param name="Index">The event's place in the history that was given, from 0.</param>
/// <param name="Event">The event that set it last.</param>
/// <param name="Fact">When that was, and by whom.</param>
/// <remarks>Example: <c>active</c> is <c>false</c> since event 4, a <c>UserDeactivated</c>.</remarks>
public sealed record UserCause(string Path, ScimValue? Value, bool IsErased, int Index, UserEvent Event, Fact Fact);

/// <summary>
/// Why everything about a person is as it is, by one history in order: access first, then <c>active</c>, then
/// <c>suspended</c> where the person ever was, then <c>userName</c>, then every assigned attribute in the schema's order,
/// as <see cref="Difference"/> tells them apart. Of somebody who left only access remains.
/// </summary>
public sealed record UserCauses(Guid UserId, Personal<string> Label, IReadOnlyList<UserCause> All)
{
    /// <summary>The path of what is no attribute: whether the person may sign in.</summary>
    public const string AccessPath = "access";

    /// <summary>The path of what is no attribute either: whether an administrator shut the person out.</summary>
    public const string SuspendedPath = "suspended";

    /// <summary>Why the person may sign in or may not.</summary>
    public UserCause Access => All[0];

    /// <summary>The other event that alone would suffice, where somebody is both deactivated and suspended; else null.</summary>
    public UserCause? Besides => Access.Value?.AsBoolean == true ? null : All.Skip(1).FirstOrDefault(c =>
        c.Index != Access.Index && (c.Path == "active" && c.Value?.AsBoolean == false || c.Path == SuspendedPath && c.Value?.AsBoolean == true));

    /// <summary>The causes after these events; null where they hold nobody.</summary>
    public static UserCauses? Of(IEnumerable<(UserEvent Event, Fact Fact)> history, ResourceType type)
    {
        var trace = new Trace(type);
        foreach (var (e, fact) in history) trace.Add(e, fact);
        return trace.Causes();
    }

    sealed class Trace(ResourceType type)
    {
        readonly Dictionary<string, (int Index, UserEvent Event, Fact Fact)> _set = new(StringComparer.OrdinalIgnoreCase);
        readonly HashSet<string> _erased = new(StringComparer.OrdinalIgnoreCase);
        User? _user;
        UserCause? _end;
        Personal<string> _label;
        int _index = -1;

        internal void Add(UserEvent e, Fact fact)
        {
            _index++;
            var next = User.Fold(_user, e, fact);
            _label = UserLabel.After(e);
            if (next is not null) Note(_user, next, e, fact);
            else if (e is UserDeleted or UserErased && (_user is not null || _end is null)) // of two ends the first was one
                _end = new(AccessPath, ScimValue.False, IsErased: false, _index, e, fact);
            _user = next;
        }

        internal UserCauses? Causes()
        {
            if (_user is null) return _end is null ? null : new(_end.Event.UserId, _label, [_end]);
            return new(_user.Id, _label, [AccessOf(_user), .. States(_user), .. Attributes(_user)]);
        }

        void Note(User? user, User next, UserEvent e, Fact fact)
        {
            if (e is UserProvisioned)
            {
                _set.Clear();
                _erased.Clear();
                Set("active", isErased: false);
            }
            if (e is UserDeactivated or UserReactivated) Set("active", isErased: false);
            if (e is UserSuspended or UserSuspensionLifted) Set(SuspendedPath, isErased: false);
            if (e is UserProvisioned { Resource.IsKnown: var known }) Set("userName", !known);
            if (e is UserRenamed r) Set("userName", !r.After.IsKnown);
            foreach (var path in Changed(user?.Resource ?? ScimObject.Empty, next.Resource)) Set(path, isErased: false);
            if (e is UserAttributesChanged { Change.IsKnown: false } c)
                foreach (var path in c.Paths) Set(path, isErased: true);

            void Set(string path, bool isErased)
            {
                _set[path] = (_index, e, fact);
                if (isErased) _erased.Add(path);
                else _erased.Remove(path);
            }
        }

        // Of two events that keep somebody out, the earlier did it; of two that let somebody in, the later.
        UserCause AccessOf(User user)
        {
            var active = _set["active"];
            var cause = _set.TryGetValue(SuspendedPath, out var suspension) && (user.Active, user.Suspended) switch
            {
                (true, true) => true,
                (false, true) => suspension.Index < active.Index,
                (false, false) => false,
                (true, false) => suspension.Index > active.Index,
            } ? suspension : active;
            return new(AccessPath, ScimValue.Of(user.HasAccess), IsErased: false, cause.Index, cause.Event, cause.Fact);
        }

        IEnumerable<UserCause> States(User user)
        {
            yield return Cause("active", ScimValue.Of(user.Active));
            if (_set.ContainsKey(SuspendedPath)) yield return Cause(SuspendedPath, ScimValue.Of(user.Suspended));
            yield return Cause("userName", user.Resource["userName"]);
        }

        // Erased values take the places that they had: the schema's order is that of a resource in which they stand.
        IEnumerable<UserCause> Attributes(User user)
        {
            var erased = _erased.Where(p => p != "userName").ToArray();
            var whole = Difference.Apply(user.Resource, erased, ScimValue.Of(erased.Select(p => (p, ScimValue.True))));
            if (Difference.Between(ScimObject.Empty, whole, type, "userName", "active") is not var (paths, values)) return [];
            return paths.Select(p => Cause(p, values.After[p]));
        }

        UserCause Cause(string path, ScimValue? value)
        {
            var (index, e, fact) = _set[path];
            var isErased = _erased.Contains(path);
            return new(path, isErased ? null : value, isErased, index, e, fact);
        }

        IReadOnlyList<string> Changed(ScimObject before, ScimObject after) =>
            Difference.Between(before, after, type, "userName", "active") is var (paths, _) ? paths : [];
    }
}

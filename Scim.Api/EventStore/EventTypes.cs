using System.Collections.Frozen;
using Scim.Domain.Groups;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Api.EventStore;

/// <summary>
/// The pinned name and shape of every event. A name never changes, whatever becomes of the class; a shape is raised when
/// a record is reshaped, and the old one stays readable.
/// </summary>
internal static class EventTypes
{
    internal static readonly FrozenDictionary<Type, string> Names = new Dictionary<Type, string>
    {
        [typeof(UserProvisioned)] = "user_provisioned",
        [typeof(UserRenamed)] = "user_renamed",
        [typeof(UserAttributesChanged)] = "user_attributes_changed",
        [typeof(UserDeactivated)] = "user_deactivated",
        [typeof(UserReactivated)] = "user_reactivated",
        [typeof(UserSuspended)] = "user_suspended",
        [typeof(UserSuspensionLifted)] = "user_suspension_lifted",
        [typeof(UserNameReleased)] = "user_name_released",
        [typeof(UserDeleted)] = "user_deleted",
        [typeof(UserErased)] = "user_erased",
        [typeof(GroupCreated)] = "group_created",
        [typeof(GroupRenamed)] = "group_renamed",
        [typeof(GroupAttributesChanged)] = "group_attributes_changed",
        [typeof(GroupMembersAdded)] = "group_members_added",
        [typeof(GroupMembersRemoved)] = "group_members_removed",
        [typeof(GroupDeleted)] = "group_deleted",
        [typeof(OrganizationCreated)] = "organization_created",
        [typeof(DemonstrationDeclared)] = "demonstration_declared",
        [typeof(TimeZoneChanged)] = "time_zone_changed",
        [typeof(OrganizationRenamed)] = "organization_renamed",
        [typeof(ScimEnabled)] = "scim_enabled",
        [typeof(ScimDisabled)] = "scim_disabled",
        [typeof(StrictModeEnabled)] = "strict_mode_enabled",
        [typeof(StrictModeDisabled)] = "strict_mode_disabled",
        [typeof(TokenIssued)] = "token_issued",
        [typeof(TokenExpired)] = "token_expired",
        [typeof(TokenRevoked)] = "token_revoked",
        [typeof(TokenExtended)] = "token_extended",
        [typeof(KeyIssued)] = "key_issued",
        [typeof(KeyRevoked)] = "key_revoked",
        [typeof(StaffInvited)] = "staff_invited",
        [typeof(StaffJoined)] = "staff_joined",
        [typeof(FirstAdministratorJoined)] = "first_administrator_joined",
        [typeof(StaffIdentified)] = "staff_identified",
        [typeof(StaffPasskeyRemoved)] = "staff_passkey_removed",
        [typeof(StaffInvitedAgain)] = "staff_invited_again",
        [typeof(StaffPasskeyRegistered)] = "staff_passkey_registered",
        [typeof(StaffRoleChanged)] = "staff_role_changed",
        [typeof(StaffRemoved)] = "staff_removed",
        [typeof(RequestLogRetentionChanged)] = "request_log_retention_changed",
    }.ToFrozenDictionary();

    internal static readonly FrozenDictionary<string, Type> ByName = Names.ToFrozenDictionary(n => n.Value, n => n.Key);

    /// <summary>The shape in which events of that type are written; every type is still in its first.</summary>
    internal static byte ShapeOf(Type type) => Names.ContainsKey(type) ? (byte)1 : throw new InvalidOperationException($"{type.Name} has no pinned name.");
}

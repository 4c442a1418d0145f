using Scim.Domain.History;
using Scim.Domain.Organizations;

namespace Scim.Api.Access;

/// <summary>Who proved itself at <c>/api</c>: the operator, or a key of one organization.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Actor">As it stands on events: <c>operator</c>, <c>key:ID</c>.</param>
/// <param name="Organization">The only organization it may see; null for the operator, who sees all.</param>
internal sealed record ApiCaller(string Role, string Actor, Guid? Organization, TimeProvider Clock)
{
    /// <summary>The proved caller of the request.</summary>
    internal static ApiCaller Of(HttpContext http) => http.Features.Get<ApiCaller>() ?? throw new InvalidOperationException("Nobody has proved who calls.");

    /// <summary>The caller of one command or query on an organization.</summary>
    internal Caller For(Guid organization) => Organization is { } own && own != organization
        ? throw new InvalidOperationException("A key reaches no other organization.")
        : new(organization, Actor, NewId.Next(Clock)) { Source = Role == Roles.Operator ? Source.Operator : Source.Admin };
}

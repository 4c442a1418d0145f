using Scim.Domain.History;

namespace Scim.Api.Access;

/// <summary>The member of staff whose session the request carries, as the organization knows them at this moment.</summary>
/// <param name="Role">One of <c>Roles.OfStaff</c>.</param>
/// <param name="Name">What the pages call them.</param>
/// <param name="SteppedUpAt">When they last proved themselves by a passkey.</param>
internal sealed record PageCaller(Guid Organization, Guid Staff, string Role, string Name, Guid Session, DateTimeOffset SteppedUpAt, TimeProvider Clock)
{
    /// <summary>The zone in which their organization tells times.</summary>
    internal string TimeZone { get; init; } = Domain.Organizations.Organization.DefaultTimeZone;

    /// <summary>As it stands on events.</summary>
    internal string Actor => ActorOf(Staff);

    internal static string ActorOf(Guid staff) => $"staff:{staff:D}";

    /// <summary>Who is signed in; null for a stranger.</summary>
    internal static PageCaller? Of(HttpContext http) => http.Features.Get<PageCaller>();

    /// <summary>The caller of one command or query on their organization.</summary>
    internal Caller For() => new(Organization, Actor, NewId.Next(Clock)) { Source = Source.Admin };
}

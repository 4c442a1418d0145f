using Scim.Domain.Protocol.Json;

namespace Scim.Domain.History;

/// <summary>
/// What changed in a resource: attribute path to value, before and after, for the touched paths only. A path that is
/// absent on one side was unassigned there.
/// </summary>
/// <remarks>Example: before <c>{"title":"Guide"}</c>, after <c>{"title":"Lead","name.familyName":"Jensen"}</c>.</remarks>
public sealed record AttributeChange(ScimObject Before, ScimObject After);

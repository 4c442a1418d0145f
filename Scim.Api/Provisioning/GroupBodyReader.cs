using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning;

static class GroupBodyReader
{
    internal static Task<ScimObject> ReadAsync(HttpContext http) => ScimBody.ReadAsync(http);

    internal static int Members(ScimObject body) => (body["members"] as ScimArray)?.Items.Length ?? 0;
}

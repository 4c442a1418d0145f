using System.Collections.Frozen;
using Scim.Api.Access;

namespace Scim.Api.Audit.Reads;

/// <summary>
/// Records every reading of one organization under <c>/api</c>, before its answer leaves. A route that is named nowhere here
/// is recorded too; what holds nothing personal is named.
/// </summary>
internal static class RecordedReads
{
    const string One = "/api/organizations/{organization:guid}";

    // By the pattern behind the organization's: what the reading is called; null where nothing personal is read.
    static readonly FrozenDictionary<string, string?> Kinds = new Dictionary<string, string?>
    {
        ["/keys"] = null,
        ["/dialects"] = null,
        ["/unmapped"] = null,
        ["/audit/exports"] = null,
        ["/audit/exports/{id:guid}"] = null,
        ["/requests"] = "requests",
        ["/requests/errors"] = "requests",
        ["/requests/{id:guid}"] = "requests",
        ["/access"] = "access",
        ["/access/changes"] = "access",
        ["/audit/difference"] = "difference",
        ["/audit/review"] = "review",
        ["/audit/leavers"] = "leavers",
        ["/audit/reads"] = "reads",
        ["/audit/export/{what}"] = "export",
    }.ToFrozenDictionary();

    internal static async ValueTask<object?> Record(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        var answer = await next(call); // composed, and not written yet
        if (!HttpMethods.IsGet(http.Request.Method) || KindOf(http) is not { } kind) return answer;
        var organization = Guid.Parse((string)http.GetRouteValue("organization")!);
        await http.RequestServices.GetRequiredService<ReadRecords>().Add(organization, ApiCaller.Of(http).Actor, kind, People(http), http.RequestAborted);
        return answer;
    }

    /// <summary>Says whom a request reads, where its address does not.</summary>
    internal static void ReadsOf(this HttpContext http, params IEnumerable<Guid> people)
    {
        var read = http.Features.Get<ReadPeople>() ?? new ReadPeople([]);
        read.People.UnionWith(people);
        http.Features.Set(read);
    }

    /// <summary>Whom a request said that it reads; null where it said nothing.</summary>
    internal static IReadOnlyCollection<Guid>? ReadBy(HttpContext http) => http.Features.Get<ReadPeople>()?.People;

    static string? KindOf(HttpContext http)
    {
        if (http.GetEndpoint() is not RouteEndpoint route || !RouteRoles.PatternOf(route).StartsWith(One + "/", StringComparison.Ordinal)) return null;
        return Kinds.TryGetValue(RouteRoles.PatternOf(route)[One.Length..], out var kind) ? kind : http.GetRouteValue("id") is null ? "list" : "view";
    }

    // An id of a person in the address: that of the resource, or the one that is asked about.
    static HashSet<Guid> People(HttpContext http)
    {
        if (http.Features.Get<ReadPeople>() is { } said) return said.People;
        var path = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        var named = path.Contains("/users/{id", StringComparison.OrdinalIgnoreCase) ? http.GetRouteValue("id") as string : http.Request.Query["person"].ToString();
        return Guid.TryParse(named, out var id) ? [id] : [];
    }

    sealed record ReadPeople(HashSet<Guid> People);
}

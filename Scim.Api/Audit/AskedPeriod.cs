using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit;

/// <summary>The two positions between which a request asks: <c>from</c> and <c>to</c> as instants, or <c>fromPosition</c> and <c>toPosition</c>.</summary>
internal static class AskedPeriod
{
    /// <summary>The positions, the second one written up to there; without an end, now.</summary>
    /// <param name="fromBeginning">Whether it may say nothing of its beginning, which then is that of the history.</param>
    /// <exception cref="ScimException">400: malformed, in the future, of another epoch, or the end before the beginning.</exception>
    internal static async Task<(long From, long To)> Of(HttpContext http, Guid organization, Moments moments, Placement placement, bool fromBeginning = false)
    {
        var from = await Position("from", "fromPosition") ?? (fromBeginning ? 0 : throw ScimException.BadRequest("Say from when: from is an instant, fromPosition a position."));
        var to = await Position("to", "toPosition");
        if (to is null) to = await moments.Now(organization, http.RequestAborted);
        else await moments.Written(organization, to.Value, http.RequestAborted);
        return from <= to ? (from, to.Value) : throw ScimException.BadRequest("from is after to.");

        async Task<long?> Position(string instant, string position) => (AskedParameter.One(http, instant), AskedParameter.One(http, position)) switch
        {
            (null, null) => null,
            ({ } at, null) => await moments.At(organization, AskedMoment.Instant(at, instant), http.RequestAborted),
            (null, { } number) => AskedMoment.Number(number, organization, placement),
            _ => throw ScimException.BadRequest($"Give {instant} or {position}, not both."),
        };
    }
}

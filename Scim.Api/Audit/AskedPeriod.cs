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
    internal static Task<(long From, long To)> Of(HttpContext http, Guid organization, Moments moments, Placement placement, bool fromBeginning = false) =>
        Of(organization, AskedParameter.One(http, "from"), AskedParameter.One(http, "fromPosition"), AskedParameter.One(http, "to"), AskedParameter.One(http, "toPosition"), moments, placement, http.RequestAborted, fromBeginning);

    /// <summary>The same of what was read from elsewhere.</summary>
    internal static async Task<(long From, long To)> Of(Guid organization, string? fromInstant, string? fromPosition, string? toInstant, string? toPosition, Moments moments, Placement placement, CancellationToken ct, bool fromBeginning = false)
    {
        var from = await Position("from", fromInstant, fromPosition) ?? (fromBeginning ? 0 : throw ScimException.BadRequest("Say from when: from is an instant, fromPosition a position."));
        var to = await Position("to", toInstant, toPosition);
        if (to is null) to = await moments.Now(organization, ct);
        else await moments.Written(organization, to.Value, ct);
        return from <= to ? (from, to.Value) : throw ScimException.BadRequest("from is after to.");

        async Task<long?> Position(string name, string? instant, string? position) => (instant, position) switch
        {
            (null, null) => null,
            ({ } at, null) => await moments.At(organization, AskedMoment.Instant(at, name), ct),
            (null, { } number) => AskedMoment.Number(number, organization, placement),
            _ => throw ScimException.BadRequest($"Give {name} or {name}Position, not both."),
        };
    }
}

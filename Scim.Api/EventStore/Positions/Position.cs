using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Scim.Domain.Protocol;

namespace Scim.Api.EventStore.Positions;

/// <summary>
/// A place in an organization's history as readers keep it: the number of the command, and the epoch of the placement,
/// which a restore or a move raises. Written <c>epoch.position</c>.
/// </summary>
/// <remarks>Example: <c>1.4711</c>.</remarks>
internal readonly record struct Position(int Epoch, long Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Number}");

    internal static bool TryParse(string? text, [NotNullWhen(true)] out Position? position)
    {
        position = null;
        if (text?.Split('.') is not [var epoch, var number] || !int.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var e) || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)) return false;
        position = new(e, n);
        return true;
    }

    /// <summary>Refuses one of another epoch: what it pointed at may be numbered otherwise now.</summary>
    /// <exception cref="ScimException">400 saying what to do.</exception>
    internal Position Of(int epoch) => Epoch == epoch ? this
        : throw ScimException.BadRequest($"The position {this} is from before a restore or a move of this organization; positions of now begin with {epoch}. Read again from the beginning, or from an instant.");
}

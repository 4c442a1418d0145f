using Scim.Api.Audit.Comparison;
using Scim.Api.Audit.Sheets;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Audit.Export;

/// <summary>What differs between two moments, a row each.</summary>
static class DifferenceSheet
{
    static readonly string[] Columns = ["type", "id", "name", "erased", "kind", "path", "then", "now", "memberType", "member", "memberName", "events"];

    internal static Sheet Of(IAsyncEnumerable<DifferenceRow> rows, Guid organization, int epoch) =>
        new("difference", "difference", [], Columns, rows.Select(r => Row(DifferenceApi.View(r, organization, epoch))));

    static SheetRow Row(DifferenceRowView r) => new(r, null, r.Type, r.Id.ToString("D"), r.Name, r.Erased ? "true" : "false", r.Kind, r.Path, Cell(r.Then), Cell(r.Now),
        r.Member?.Type, r.Member?.Id.ToString("D"), r.Member?.Name, string.Join("; ", r.Events.Select(e => $"{e.Id} {e.Type} {e.Actor}")));

    static string? Cell(ScimValue value) => value.Equals(ScimValue.Null) ? null : value.AsString ?? value.ToString();
}

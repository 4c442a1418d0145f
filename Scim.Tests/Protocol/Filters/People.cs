using System.Text;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Filters;

/// <summary>The fixed people of <c>people.txt</c>, and how a filter is asked of people in memory.</summary>
static class People
{
    internal static ResourceType Type => UserSchema.ResourceType;

    internal static IReadOnlyDictionary<string, ScimObject> All { get; } =
        CaseTable.Read("people.txt").ToDictionary(c => c[0], c => ScimReader.ReadObject(Encoding.UTF8.GetBytes(c[1])));

    internal static CheckedFilter Check(string filter, Notes? notes = null) => Check(filter, notes ?? new Notes(), Type);

    internal static CheckedFilter Check(string filter, Notes notes, ResourceType type) =>
        FilterChecker.Check(FilterParser.Parse(filter, type, notes), type, notes);

    internal static IEnumerable<string> InMemory(CheckedFilter filter) =>
        All.Where(p => FilterEvaluator.Matches(filter, p.Value)).Select(p => p.Key);

    internal static string IdOf(ScimObject person) => person["id"]!.AsString!;
}

using System.Text.RegularExpressions;
using Scim.Domain.Protocol.Json;
using Scim.Tests.Protocol;

namespace Scim.Tests.Conversations;

/// <summary>Nothing is published that nothing proves: every word of the discovery documents stands in <c>discovery.txt</c> beside its proof.</summary>
public class DiscoveryClaims(TestService service)
{
    static readonly string[] Beside = ["name", "description", "subAttributes"];

    [Fact]
    public async Task Every_claim_of_the_discovery_documents_is_proved()
    {
        using var organization = await service.NewOrganization();
        var claims = new List<string>();
        foreach (var schema in (await organization.Get("Schemas")).Resources.Where(s => !IsOfDiscovery(s["id"]!.AsString!)))
            claims.AddRange(Items(schema, "attributes").SelectMany(a => OfAttribute(schema["name"]!.AsString!, a)));
        foreach (var type in (await organization.Get("ResourceTypes")).Resources)
            claims.AddRange(Of($"{type["name"]!.AsString} is at", type.Without("schemas").Without("meta").Without("id").Without("name").Without("description")));
        claims.AddRange(Of("service", (await organization.Get("ServiceProviderConfig")).Body!.Without("schemas").Without("meta")));
        Assert.True(claims.Count > 400, $"{claims.Count}");

        var rows = CaseTable.Read("discovery.txt").Select(cells => (Pattern: Matching(cells[0]), Text: cells[0], Proofs: cells[1..])).ToList();
        Assert.Empty(Proofs.Missing(rows.SelectMany(r => r.Proofs)));
        Assert.Equal([], claims.FindAll(claim => !rows.Exists(r => r.Pattern.IsMatch(claim))));
        Assert.Equal([], rows.FindAll(r => !claims.Exists(r.Pattern.IsMatch)).Select(r => r.Text));
    }

    // The documents say of themselves what the RFC prints.
    static bool IsOfDiscovery(string urn) => urn.EndsWith(":ServiceProviderConfig", StringComparison.Ordinal) || urn.EndsWith(":ResourceType", StringComparison.Ordinal) || urn.EndsWith(":Schema", StringComparison.Ordinal);

    static IEnumerable<string> OfAttribute(string path, ScimObject attribute)
    {
        var name = $"{path}.{attribute["name"]!.AsString}";
        yield return $"{name} exists";
        foreach (var (word, value) in attribute.Members)
            if (!Beside.Contains(word)) yield return $"{name} {word} {Plain(value)}";
        foreach (var claim in Items(attribute, "subAttributes").SelectMany(a => OfAttribute(name, a))) yield return claim;
    }

    static IEnumerable<string> Of(string path, ScimValue value) => value switch
    {
        ScimObject o => o.Members.SelectMany(m => Of($"{path} {m.Key}", m.Value)),
        ScimArray a => a.Items.SelectMany(i => Of(path, i)),
        _ => [$"{path} {Plain(value)}"],
    };

    static string Plain(ScimValue value) => value is ScimArray array ? string.Join(", ", array.Items.Select(Plain)) : value.AsString ?? value.ToString();

    static IEnumerable<ScimObject> Items(ScimObject of, string name) => of[name] is ScimArray array ? array.Items.Cast<ScimObject>() : [];

    static Regex Matching(string pattern) => new($"^{Regex.Escape(pattern).Replace("\\*", "[A-Za-z0-9.$]+", StringComparison.Ordinal)}$", RegexOptions.None, TimeSpan.FromSeconds(1));
}

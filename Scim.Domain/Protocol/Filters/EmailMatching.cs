using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Filters;

/// <summary>
/// The repair for providers that look people up by e-mail: a filter that asks for nothing but an address, in whichever
/// form, finds everybody who has it among their e-mails, active people first. Part of a larger filter it stays as it is.
/// </summary>
/// <remarks>Example: <c>emails[type eq "work"].value eq "b@example.com" or email eq "b@example.com"</c>.</remarks>
public static class EmailMatching
{
    static readonly AttributePath EmailValue = new(null, "emails", "value");

    /// <summary>The filter to check instead, and whether active people come first.</summary>
    /// <param name="matchOnEmail">Whether the organization matches people by e-mail, so that <c>userName eq</c> asks for an address too.</param>
    public static (Filter Filter, bool ActiveFirst) Rewrite(Filter filter, bool matchOnEmail, Notes notes)
    {
        if (notes.Strict) return (filter, false);
        var terms = filter is Or or ? [.. or.Terms] : new[] { filter };
        var lookups = terms.Select(t => Lookup(t, matchOnEmail)).ToList();
        if (lookups.Contains(null) || !lookups.Exists(l => l!.ByEmail)) return (filter, false);
        if (lookups.Exists(l => l!.IsRepair)) FilterRepairs.Apply(notes, FilterRepairs.MatchingEmail, "");
        return (Filter.Any(lookups.Select(l => l!.Meaning)), true);
    }

    sealed record LookUp(Filter Meaning, bool ByEmail, bool IsRepair);

    static LookUp? Lookup(Filter term, bool matchOnEmail) => term switch
    {
        Comparison { Operator: FilterOperator.Eq, Value: ScimString } c when Is(c.Path, "userName", null) =>
            matchOnEmail ? new(Filter.Any(c, ByEmail(c)), true, true) : new(c, false, false),
        Comparison { Operator: FilterOperator.Eq, Value: ScimString } c when Is(c.Path, "email", null) => new(ByEmail(c), true, true),
        Comparison { Operator: FilterOperator.Eq, Value: ScimString } c when Is(c.Path, "emails", null) => new(ByEmail(c), true, true),
        Comparison { Operator: FilterOperator.Eq, Value: ScimString } c when Is(c.Path, "emails", "value") => new(c, true, false),
        ValuePath { Inner: var inner, Then: Comparison { Operator: FilterOperator.Eq, Value: ScimString } c } v
            when Is(v.Path, "emails", null) && Is(c.Path, "value", null) && IsType(inner) => new(ByEmail(c), true, true),
        ValuePath { Inner: Comparison { Operator: FilterOperator.Eq, Value: ScimString } c, Then: null } v
            when Is(v.Path, "emails", null) && Is(c.Path, "value", null) => new(v, true, false),
        _ => null,
    };

    static Comparison ByEmail(Comparison comparison) => comparison with { Path = EmailValue };

    static bool IsType(Filter inner) => inner is Comparison { Operator: FilterOperator.Eq } c && (Is(c.Path, "type", null) || Is(c.Path, "primary", null));

    static bool Is(AttributePath path, string name, string? sub) =>
        path.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && string.Equals(path.SubName, sub, StringComparison.OrdinalIgnoreCase)
        && (path.SchemaUrn is null || path.SchemaUrn.Equals(UserSchema.Urn, StringComparison.OrdinalIgnoreCase));
}

using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Groups;

/// <summary>
/// Whom the filter of a PATCH path selects, as far as ids alone can tell: the named members, or all but them.
/// </summary>
/// <remarks>Example: <c>members[value eq "a" or value eq "b"]</c>.</remarks>
readonly record struct MemberSelection(NamedMembers Named, bool Others)
{
    static readonly MemberSelection All = new(NamedMembers.None, true);
    static readonly MemberSelection Nobody = new(NamedMembers.None, false);

    /// <exception cref="ScimException">400 <c>invalidPath</c> where ids do not suffice.</exception>
    internal static MemberSelection Of(Test test) => test switch
    {
        ValueTest { Operator: FilterOperator.Eq, Leaf.Name: "value", Literal: ScimString text } => new(NamedMembers.Of(text.Value), false),
        ValueTest { Operator: FilterOperator.Ne, Leaf.Name: "value", Literal: ScimString text } => new(NamedMembers.Of(text.Value), true),
        PresentTest { Path.Leaf.Name: "value" } => All,
        NotTest not => Of(not.Term).Negated(),
        AnyOf any => any.Terms.Select(Of).Aggregate(Nobody, Either),
        AllOf all => all.Terms.Select(t => Of(t).Negated()).Aggregate(Nobody, Either).Negated(),
        _ => throw ScimException.InvalidPath("Members are selected by their value, as in members[value eq \"…\"]."),
    };

    /// <summary>Whether exactly this one member is selected.</summary>
    internal bool IsOnly(NamedMembers member) => !Others && Named.Equals(member);

    MemberSelection Negated() => this with { Others = !Others };

    static MemberSelection Either(MemberSelection a, MemberSelection b) => (a.Others, b.Others) switch
    {
        (false, false) => new(new(a.Named.Ids.Union(b.Named.Ids), Texts(a, b, (x, y) => x.UnionWith(y))), false),
        (true, true) => new(new(a.Named.Ids.Intersect(b.Named.Ids), Texts(a, b, (x, y) => x.IntersectWith(y))), true),
        (true, false) => new(new(a.Named.Ids.Except(b.Named.Ids), Texts(a, b, (x, y) => x.ExceptWith(y))), true),
        (false, true) => Either(b, a),
    };

    static HashSet<string> Texts(MemberSelection a, MemberSelection b, Action<HashSet<string>, IEnumerable<string>> combine)
    {
        var texts = new HashSet<string>(a.Named.Unknown, StringComparer.Ordinal);
        combine(texts, b.Named.Unknown);
        return texts;
    }
}

using System.Reflection;
using Scim.Tests.Protocol;

namespace Scim.Tests.Conversations;

/// <summary>
/// What a table may name as proof: a step of a conversation (<c>okta/wizard: Assigned: is she there?</c>, or
/// <c>others/discovery: all of it</c>), a row of a case table (<c>bodies: an empty userName is missing</c>), a test
/// (<c>Echoes.A_put_of_our_own_get_is_no_event_and_keeps_the_tag</c>).
/// </summary>
internal static class Proofs
{
    const string Whole = "all of it";

    static readonly HashSet<string> Known =
    [
        .. Conversation.Names.SelectMany(name => Conversation.Read(name).Parts.Select(p => p.Step).Where(s => s.Length > 0).Append(Whole).Select(step => $"{name}: {step}")),
        .. new[] { "bodies", "patches", "group-bodies", "group-patches" }.SelectMany(table => CaseBlock.Read($"{table}.txt").Select(b => $"{table}: {b.Name}")),
        .. new[] { "filters", "projections", "group-filters" }.SelectMany(table => CaseTable.Read($"{table}.txt").Select(cells => $"{table}: {cells[0]}")),
        .. typeof(Proofs).Assembly.GetTypes().SelectMany(t => t.GetMethods().Where(m => m.GetCustomAttributes<FactAttribute>().Any()).Select(m => $"{t.Name}.{m.Name}")),
    ];

    /// <summary>Those that are no proof of ours.</summary>
    internal static IEnumerable<string> Missing(IEnumerable<string> proofs) => proofs.Where(p => !Known.Contains(p));
}

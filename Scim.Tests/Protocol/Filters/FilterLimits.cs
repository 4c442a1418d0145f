using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;

namespace Scim.Tests.Protocol.Filters;

/// <summary>Filters that are meant to exhaust the parser: each a 400 on a small stack, whatever its length.</summary>
public class FilterLimits
{
    public static TheoryData<string> Floods() => new(
        new string('(', 4_000),
        new string('(', 100_000) + "title pr" + new string(')', 100_000),
        Repeat("not (", 1_000),
        Repeat("not (", 100_000) + "title pr" + Repeat(")", 100_000),
        "title pr" + Repeat(" or title pr", 100_000),
        "title pr" + Repeat(" and title pr", 500),
        "title pr" + Repeat(" or title pr and title pr", 300),
        Repeat("emails[", 1_000),
        Repeat("[", 8_000),
        Repeat("(title pr or ", 600),
        new string(' ', 8_000),
        new string(' ', 100_000) + "title pr",
        new string('"', 8_000),
        "userName eq \"" + Repeat("\\", 8_000),
        "userName eq \"" + new string('ä', 4_090) + "\"",
        "userName eq \"" + new string('a', 9_000) + "\"",
        new string('a', 8_000),
        "urn:" + Repeat("a:", 4_000) + " pr",
        Repeat("a.", 4_000) + " pr",
        "userName eq " + new string('9', 8_000));

    [Theory, MemberData(nameof(Floods))]
    public void A_flood_is_refused_on_a_small_stack(string filter) => OnSmallStack(() =>
    {
        var refusal = Assert.Throws<ScimException>(() => People.Check(filter, new Notes(strict: true)));
        Assert.Equal((400, "invalidFilter"), (refusal.Status, refusal.ScimType));
        Assert.InRange(refusal.Message.Length, 1, 400);
    });

    [Fact]
    public void What_stays_within_the_limits_is_answered_on_a_small_stack() => OnSmallStack(() =>
    {
        var deep = Repeat("not (", FilterParser.MaxDepth) + "title pr" + Repeat(")", FilterParser.MaxDepth);
        var wide = "title pr" + Repeat(" or title pr", FilterParser.MaxTerms - 1);
        Assert.Equal("A B D K", string.Join(' ', People.InMemory(People.Check(deep))));
        Assert.Equal("A B D K", string.Join(' ', People.InMemory(People.Check(wide))));
        Assert.Throws<ScimException>(() => People.Check("(" + deep + ")"));
        Assert.Throws<ScimException>(() => People.Check(wide + " or title pr"));
    });

    static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        if (failure is not null) throw failure;
    }

    static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}

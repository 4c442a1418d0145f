using Scim.Domain.Dialects;
using Scim.Domain.Groups;
using Scim.Domain.Protocol;
using static Scim.Tests.Groups.GroupLife;

namespace Scim.Tests.Groups;

public class AddedMembersTests
{
    static MemberProgram Adding(params string[] texts)
    {
        var program = new MemberProgramBuilder();
        program.Add(NamedMembers.Of(texts));
        return program.Build();
    }

    static void Check(MemberProgram program, Notes notes, bool removes = false) => AddedMembers.Check(program, IdSet.Of(U(1), G(1)).Intersect(program.Added), removes, notes);

    [Fact]
    public void Of_known_members_nothing_is_noted()
    {
        var notes = new Notes(strict: true);
        Check(Adding($"{U(1)}", $"{G(1)}"), notes);
        Assert.Equal(0, notes.UnknownMemberCount);
        Assert.Empty(notes.Repairs);
    }

    [Fact]
    public void Unknown_members_beside_known_ones_are_skipped_and_counted()
    {
        var notes = new Notes();
        Check(Adding($"{U(1)}", $"{U(2)}", "bjensen"), notes);
        Assert.Equal(2, notes.UnknownMemberCount);
        Assert.Equal([Repairs.UnknownMembers.Name], notes.Repairs);
        Assert.Empty(notes.Unmapped);
    }

    [Fact]
    public void Strict_mode_refuses_an_unknown_member() =>
        Assert.Contains($"{U(2)}", Assert.Throws<ScimException>(() => Check(Adding($"{U(1)}", $"{U(2)}"), new Notes(strict: true))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_request_whose_every_member_is_unknown_is_refused_naming_twenty()
    {
        var refused = Assert.Throws<ScimException>(() => Check(Adding([.. Enumerable.Range(2, 30).Select(n => $"{U(n)}")]), new Notes()));
        Assert.Equal((400, "invalidValue"), (refused.Status, refused.ScimType));
        Assert.Contains($"{U(21)}, and 10 more.", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain($"{U(22)}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_id_may_be_a_name_and_is_not_shown()
    {
        var refused = Assert.Throws<ScimException>(() => Check(Adding("bjensen@example.com", "jsmith"), new Notes()));
        Assert.Contains("with the id: 2 texts that are no ids.", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<ScimException>(() => Check(Adding("bjensen@example.com", "00000000-0000-7000-8000-00000000000A"), new Notes()));
        Assert.Contains("with the id: 00000000-0000-7000-8000-00000000000A, and 1 more.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_also_removes_is_not_refused()
    {
        var notes = new Notes();
        Check(Adding("bjensen"), notes, removes: true);
        Assert.Equal(1, notes.UnknownMemberCount);
    }

    [Fact]
    public void Adding_nobody_is_fine() => Assert.Null(Record.Exception(() => Check(MemberProgram.None, new Notes(strict: true))));
}

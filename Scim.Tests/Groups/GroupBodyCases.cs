using System.Collections.Immutable;
using Scim.Domain.Dialects;
using Scim.Domain.Groups;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol;

namespace Scim.Tests.Groups;

public class GroupBodyCases
{
    static readonly ImmutableArray<CaseBlock> Blocks = CaseBlock.Read("group-bodies.txt");

    public static TheoryData<string> Names => CaseBlock.Names(Blocks);

    [Theory, MemberData(nameof(Names))]
    public void A_body_is_read_as_the_table_says(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        var notes = new Notes(strict: block['!'] is not null);
        if (block.Accepted(() => Read(block, notes)) is not { } expected) return;
        var read = Read(block, notes);
        Assert.Equal(expected, read.Header.ToString());
        Assert.Equal(block['m'] is { } names ? NamedMembers.Of(names.Split(' ').Select(Crews.Spelled)).Ids : IdSet.Empty, read.Members.Ids);
        Assert.Equal(block.Parts('x'), read.Members.Unknown.Order(StringComparer.Ordinal));
        Assert.Equal(read.Members.Ids, read.Program.ApplyTo(IdSet.Of(GroupLife.U(7))));
        block.AssertNotes(notes);
    }

    [Theory, MemberData(nameof(Names))]
    public void Strict_mode_refuses_what_is_noted_and_reads_all_else_the_same(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        block.AssertStrict(() => Read(block, new Notes(strict: true)).Header);
    }

    [Fact]
    public void A_put_of_our_own_get_changes_nothing()
    {
        foreach (var (label, group) in Crews.All)
        {
            var stored = group.Without("id").Without("meta").Without("schemas").Without("members");
            var members = (ScimArray)group["members"]!;
            var notes = new Notes(strict: true);
            var read = GroupBody.ReadReplacement(group, new Group(GroupLife.Id, stored) { MemberCount = members.Items.Length }, GroupSchema.ResourceType, notes);
            Assert.Equal((label, stored.ToString()), (label, read.Header.ToString()));
            Assert.Equal(members.Items.Select(m => ((ScimObject)m)["value"]!.AsString!).Order(StringComparer.Ordinal), read.Members.Ids.Select(i => i.ToString()));
            Assert.Empty(notes.Repairs);
        }
    }

    static GroupBody Read(CaseBlock block, Notes notes)
    {
        var body = Sent.Object(Crews.Spelled(block['*'] ?? block['>']!));
        if (block['*'] is null) body = body.With("schemas", ScimValue.Of(ScimValue.Of(GroupSchema.Urn)));
        return block['='] is { } current
            ? GroupBody.ReadReplacement(body, new Group(GroupLife.Id, Sent.Object(current)) { MemberCount = 2 }, GroupSchema.ResourceType, notes)
            : GroupBody.Read(body, GroupSchema.ResourceType, notes);
    }
}

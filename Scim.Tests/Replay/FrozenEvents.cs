using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scim.Api.CommandCenter.Api;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Tests.Replay;

/// <summary>
/// One stored event of every type and shape, as bytes of the day it was first written: each must be read and folded for
/// ever, with its person's key and without. A sample is never written anew; a new shape gets a new file.
/// </summary>
public sealed class FrozenEvents
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Replay", "Frozen");

    public static TheoryData<string> Samples => [.. Directory.GetFiles(Folder, "*.bin").Select(f => Path.GetFileNameWithoutExtension(f)!).Order()];

    [Fact]
    public void Every_type_in_its_present_shape_has_a_sample()
    {
        var expected = EventTypes.Names.Select(t => $"{t.Value}.{EventTypes.ShapeOf(t.Key)}").Order();
        Assert.Empty(expected.Except(Samples.Select(s => s.Data)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_reads_and_folds_as_on_its_first_day_with_its_key_and_without(string sample)
    {
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, sample + ".json")));
        var actual = Seen(sample[..sample.IndexOf('.', StringComparison.Ordinal)], File.ReadAllBytes(Path.Combine(Folder, sample + ".bin")), Folder);
        Assert.True(JsonNode.DeepEquals(expected, actual), $"Expected\n{expected}\nbut it reads\n{actual}");
    }

    [Fact(Explicit = true)]
    public void Writes_samples_of_the_types_and_shapes_that_have_none()
    {
        var source = Path.Combine(Path.GetDirectoryName(Here())!, "Frozen");
        foreach (var e in SampleEvents.All.OrderBy(e => e is UserProvisioned or GroupCreated or OrganizationCreated ? 0 : 1))
        {
            var file = Path.Combine(source, $"{EventTypes.Names[e.GetType()]}.{EventTypes.ShapeOf(e.GetType())}");
            if (File.Exists(file + ".bin")) continue;
            File.WriteAllBytes(file + ".bin", Frame.Write(e, EventTypes.ShapeOf(e.GetType()), SampleEvents.Key, EventStoreOptions.Json));
            File.WriteAllText(file + ".json", Seen(EventTypes.Names[e.GetType()], File.ReadAllBytes(file + ".bin"), source).ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = EventStoreOptions.Json.Encoder }) + "\n");
        }
    }

    /// <summary>The event as administrators read it and the state after it, known and erased.</summary>
    static JsonObject Seen(string type, byte[] frame, string samples)
    {
        return new JsonObject { ["known"] = With(SampleEvents.Key), ["erased"] = With(null) };

        JsonObject With(byte[]? key)
        {
            var e = Read(type, frame, key);
            var fact = new Fact(2, SampleEvents.Day.AddDays(1), "operator");
            var state = e is UserEvent ofUser ? Node(User.Fold(Before(ofUser), ofUser, fact))
                : e is GroupEvent ofGroup ? Node(Group.Fold(ofGroup is GroupCreated ? null : Group.Fold(null, (GroupEvent)Sample("group_created"), First), ofGroup, fact))
                : Node(Organization.Fold(BeforeOf((OrganizationEvent)e), (OrganizationEvent)e, fact));
            return new JsonObject { ["event"] = ShownEvent.Content(e), ["state"] = state };

            User? Before(UserEvent e) => e is UserProvisioned ? null : User.Fold(null, (UserEvent)Sample("user_provisioned"), First);
            Organization? BeforeOf(OrganizationEvent e) => e is OrganizationCreated ? null : Organization.Fold(null, (OrganizationEvent)Sample("organization_created"), First)! with
            {
                Tokens = e is TokenIssued ? [] : [new Token(SampleEvents.Token, "Okta", "", SampleEvents.Day, "operator", SampleEvents.Day.AddYears(1), null)],
                Staff = e is StaffJoined or StaffIdentified or StaffPasskeyRemoved or StaffInvitedAgain or StaffPasskeyRegistered or StaffRoleChanged or StaffRemoved ? [new StaffMember(SampleEvents.Staff, "bärbel@example.com", Roles.Admin, SampleEvents.Day, "operator", null, null)] : [],
                Keys = e is KeyRevoked ? [new ApiKey(SampleEvents.ApiKey, "SIEM", Roles.Auditor, "", SampleEvents.Day, "operator", SampleEvents.Day.AddYears(1), null)] : [],
            };
            object Sample(string name) => Read(name, File.ReadAllBytes(Path.Combine(samples, name + ".1.bin")), key);
        }
    }

    static Fact First => new(1, SampleEvents.Day, "operator");

    // Without what filters compare, which is derived and may be derived otherwise.
    static JsonNode? Node<T>(T state)
    {
        var node = JsonSerializer.SerializeToNode(state, EventStoreOptions.Json);
        node?.AsObject().Remove("match");
        return node;
    }

    static object Read(string type, byte[] frame, byte[]? key) =>
        Frame.Read(EventTypes.ByName[type], frame, person => person == SampleEvents.Person || person == SampleEvents.Staff ? key : throw new InvalidOperationException($"The sample is about {person}."), EventStoreOptions.Json);

    static string Here([CallerFilePath] string file = "") => file;
}

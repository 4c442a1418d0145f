using System.Text.RegularExpressions;
using CsCheck;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;
using Scim.Tests.Protocol;
using Scim.Tests.Replay;

namespace Scim.Tests.History;

/// <summary>What holds of the sentence of every event, with the person's key and without, whoever is known.</summary>
public sealed partial class SentencesTests
{
    static readonly Telling Known = new("Okta (token okta-2026)", id => new Called(id == SampleEvents.Token ? "okta-2026" : "Ada Byron"));
    static readonly Telling[] Tellings = [Known, Known with { NameOf = _ => Called.Unknown }, Known with { NameOf = _ => Called.Erased }, new("", _ => new Called("Ada \u202e"))];

    static readonly Gen<string> Hostile = Gen.Select(TextGen.Any, Gen.OneOf("", "\u202e", "\u2066", "\u200f", "\u2028", "\u0007", "\ud800", "\ufeff"), TextGen.Any).Select((a, b, c) => a + b + c);

    public static TheoryData<string> Types => [.. EventTypes.Names.Values.Order()];

    [Theory, MemberData(nameof(Types))]
    public void Every_event_is_one_sentence_without_a_UUID_or_the_name_of_a_type(string type)
    {
        foreach (var e in Sample(type))
            foreach (var telling in Tellings)
            {
                var sentence = Of(e, telling);
                Assert.Matches(@"^\p{Lu}.*[^.]\.$", sentence);
                Assert.DoesNotMatch(Uuid(), sentence);
                Assert.DoesNotContain(e.GetType().Name, sentence, StringComparison.Ordinal);
                Assert.DoesNotContain(type, sentence, StringComparison.Ordinal);
                Assert.DoesNotContain("urn:", sentence, StringComparison.Ordinal);
                Assert.DoesNotContain("\u202e", sentence, StringComparison.Ordinal);
                Assert.DoesNotContain("  ", sentence, StringComparison.Ordinal);
            }
    }

    [Theory, MemberData(nameof(Types))]
    public void A_sentence_asks_for_the_names_of_what_it_mentions_and_for_no_other(string type)
    {
        foreach (var e in Sample(type))
        {
            var mentioned = Mentioned(e).ToHashSet();
            Of(e, Known with { NameOf = id => mentioned.Contains(id) ? Called.Unknown : throw new InvalidOperationException($"{id} is not mentioned.") });
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void What_changed_is_told_old_and_new(string type)
    {
        foreach (var e in Sample(type))
        {
            var changes = e switch
            {
                UserEvent u => UserBeforeAfter.Of(u),
                GroupEvent g => GroupBeforeAfter.Of(g),
                _ => OrganizationBeforeAfter.Of((OrganizationEvent)e),
            };
            Assert.Equal(e is UserRenamed or UserAttributesChanged or UserDeactivated or UserReactivated or UserSuspended or UserSuspensionLifted or GroupRenamed or GroupAttributesChanged
                or OrganizationRenamed or ScimEnabled or ScimDisabled or StrictModeEnabled or StrictModeDisabled or RequestLogRetentionChanged or StaffRoleChanged or TokenExtended or TimeZoneChanged, changes.Count > 0);
            Assert.All(changes, c => Assert.True(c.IsErased ? c is { Then: null, Now: null } : !Equals(c.Then, c.Now), c.ToString()));
        }
    }

    [Fact]
    public void Whatever_people_and_values_are_called_a_sentence_is_one_line_and_inert() => Gen.Select(Hostile, Hostile, Hostile).Sample((actor, label, value) =>
    {
        var change = new AttributeChange(ScimObject.Empty, ScimValue.Of(("title", ScimValue.Of(value))));
        foreach (var sentence in new[]
                 {
                     Of(new UserAttributesChanged(SampleEvents.Person, Source.Scim, ["title"], change, label), Known with { Actor = actor }),
                     Of(new GroupMembersRemoved(SampleEvents.Guides, Source.Scim, [SampleEvents.Person], [], MemberRemoval.UserDeleted, label), Known with { NameOf = _ => new(value) }),
                     Of(new TokenRevoked(SampleEvents.Company, SampleEvents.Token), Known with { NameOf = _ => new(label) }),
                 })
        {
            Assert.EndsWith(".", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain(sentence, c => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f');
            Assert.True(sentence.EnumerateRunes().Count() < 350);
        }
    });

    static string Of(object e, Telling telling) => e switch
    {
        UserEvent u => UserSentences.Of(u, telling),
        GroupEvent g => GroupSentences.Of(g, telling),
        _ => OrganizationSentences.Of((OrganizationEvent)e, telling),
    };

    static IEnumerable<Guid> Mentioned(object e) => e switch
    {
        UserEvent u => UserSentences.Mentioned(u),
        GroupEvent g => GroupSentences.Mentioned(g),
        _ => OrganizationSentences.Mentioned((OrganizationEvent)e),
    };

    /// <summary>The samples of the type as they are written now, and the frozen ones with their key and without.</summary>
    static IEnumerable<object> Sample(string type)
    {
        foreach (var e in SampleEvents.All.Where(e => EventTypes.Names[e.GetType()] == type)) yield return e;
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Replay", "Frozen"), $"{type}.*.bin"))
            foreach (var key in new[] { SampleEvents.Key, null })
                yield return Frame.Read(EventTypes.ByName[type], File.ReadAllBytes(file), _ => key, EventStoreOptions.Json);
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-", RegexOptions.IgnoreCase)]
    private static partial Regex Uuid();
}

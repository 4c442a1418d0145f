using System.Diagnostics;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Patch;

/// <summary>Requests within the size limit that try to hold a processor; the time allowed is far above what they take.</summary>
public class PatchBombs
{
    static readonly ScimObject Many = Sent.Object($$"""{"userName":"a","emails":[{{Emails(0, 1000)}}]}""");

    [Fact]
    public void Ten_thousand_operations_are_refused() =>
        Refused("tooMany", Many, string.Join(',', Enumerable.Repeat("""{"op":"replace","path":"nickName","value":"x"}""", 10_000)));

    [Fact]
    public void More_operations_than_allowed_in_one_value_are_refused() =>
        Refused("tooMany", Many, $$$"""{"op":"replace","value":{{{{string.Join(',', Enumerable.Range(0, 1100).Select(i => $"\"emails[value eq \\\"{i}\\\"].display\":\"x\""))}}}}}""");

    [Fact]
    public void A_thousand_adds_beyond_the_limit_are_refused() =>
        Refused("tooMany", Many, string.Join(',', Enumerable.Range(1, 999).Select(i => $$"""{"op":"add","path":"emails","value":[{{Emails(i * 1000, 10)}}]}""")));

    [Fact]
    public void Adding_what_is_there_over_and_over_is_refused() =>
        Refused("tooMany", Many, string.Join(',', Enumerable.Repeat($$"""{"op":"add","path":"emails","value":[{{Emails(0, 100)}}]}""", 270)));

    [Fact]
    public void A_thousand_filters_that_look_at_everything_are_refused() =>
        Refused("tooMany", Many, string.Join(',', Enumerable.Range(0, 1000).Select(i => $$"""{"op":"replace","path":"emails[value co \"x\" or value co \"y\" or value co \"z\"].display","value":"{{i}}"}""")));

    [Fact]
    public void Long_values_under_a_filter_count_by_their_length()
    {
        var text = new string('é', 4000);
        var large = Sent.Object($$"""{"userName":"a","emails":[{{string.Join(',', Enumerable.Range(0, 200).Select(i => $$"""{"value":"{{text}}{{i}}"}"""))}}]}""");
        Refused("tooMany", large, string.Join(',', Enumerable.Range(0, 1000).Select(i => """{"op":"replace","path":"emails[value ew \"zz\"].display","value":"d"}""")), "noTarget");
    }

    [Fact]
    public void Replacing_everything_a_thousand_times_is_refused() =>
        Refused("tooMany", Many, string.Join(',', Enumerable.Range(0, 1000).Select(i => $$"""{"op":"replace","path":"emails.display","value":"{{i}}"}""")));

    [Fact]
    public void Adding_and_removing_in_turn_is_quick() =>
        Quick(Many, string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"op":"remove","path":"emails[value eq \"{{i}}@x.example\"]"},{"op":"add","path":"nickName","value":"{{i}}"}""").Take(50)));

    [Fact]
    public void Removing_by_many_vague_values_is_refused() =>
        Refused("tooMany", Many, $$"""{"op":"remove","path":"emails","value":[{{string.Join(',', Enumerable.Range(0, 900).Select(i => $$"""{"type":"t{{i}}"}"""))}}]}""");

    [Fact]
    public void Removing_a_thousand_values_is_quick() =>
        Assert.Equal("""{"userName":"a"}""", Quick(Many, $$"""{"op":"remove","path":"emails","value":[{{Emails(0, 1000)}}]}""").ToString());

    [Fact]
    public void A_hundred_thousand_unknown_keys_are_quick()
    {
        var body = $$$"""{"op":"replace","value":{"nickName":"x",{{{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"n{i}\":1,\"n.{i}.x\":1"))}}}}}""";
        Assert.Equal("x", Quick(Sent.Object("""{"userName":"a"}"""), body)["nickName"]?.AsString);
    }

    [Fact]
    public void A_thousand_operations_on_an_ordinary_person_are_fine() =>
        Quick(Sent.Object($$"""{"userName":"a","emails":[{{Emails(0, 20)}}]}"""), string.Join(',', Enumerable.Range(0, 1000).Select(i => $$"""{"op":"replace","path":"emails[value eq \"{{i % 20}}@x.example\"].display","value":"{{i}}"}""")));

    static string Emails(int from, int count) =>
        string.Join(',', Enumerable.Range(from, count).Select(i => $$"""{"value":"{{i}}@x.example","type":"other"}"""));

    static void Refused(string scimType, ScimObject stored, string operations, string? orElse = null)
    {
        var error = Assert.Throws<ScimException>(() => Quick(stored, operations));
        Assert.Contains(error.ScimType, (string?[])[scimType, orElse]);
    }

    static ScimObject Quick(ScimObject stored, string operations)
    {
        var body = Sent.Object($$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":[{{operations}}]}""");
        var watch = Stopwatch.StartNew();
        try
        {
            return PatchRequest.Parse(body, UserSchema.ResourceType, new Notes()).Apply(stored);
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{watch.ElapsedMilliseconds} ms");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
        }
    }
}

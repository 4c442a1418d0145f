using CsCheck;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Patch;

public class PatchProperties
{
    static readonly ResourceIdentity Identity = new("1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "https://x/Users/1", null);

    public static TheoryData<string> Types => ["user", "group", "device"];

    [Theory, MemberData(nameof(Types))]
    public void What_is_answered_reads_back_as_what_is_stored(string type) =>
        ResourceGen.Body(TestTypes.Of(type)).Sample(body =>
        {
            var stored = ResourceReader.Read(body, TestTypes.Of(type), new Notes());
            var notes = new Notes();
            var answer = ScimReader.ReadObject(CanonicalWriter.Compose(stored, Identity, TestTypes.Of(type)).ToUtf8());
            Assert.Equal(stored.ToString(), ResourceReader.Read(answer, TestTypes.Of(type), notes).ToString());
            Assert.Equal(stored.ToString(), ResourceReader.ReadReplacement(answer, stored, TestTypes.Of(type), notes).ToString());
            Assert.Equal(answer.ToString(), CanonicalWriter.Compose(ResourceReader.Read(answer, TestTypes.Of(type), notes), Identity, TestTypes.Of(type)).ToString());
            Assert.Empty(notes.Repairs.Except([Repairs.FormatAsSent.Name]));
            Assert.Empty(notes.Unmapped);
        });

    [Theory, MemberData(nameof(Types))]
    public void A_patch_of_our_own_answer_changes_nothing(string type) =>
        ResourceGen.Body(TestTypes.Of(type)).Sample(body =>
        {
            var stored = ResourceReader.Read(body, TestTypes.Of(type), new Notes());
            var answer = CanonicalWriter.Compose(stored, Identity, TestTypes.Of(type));
            foreach (var op in (string[])["add", "replace"])
                Assert.Same(stored, PatchRequest.Parse(Body(ScimValue.Of(("op", ScimValue.Of(op)), ("value", answer))), TestTypes.Of(type), new Notes()).Apply(stored));
        });

    [Theory, MemberData(nameof(Types))]
    public void A_patch_gives_a_stored_form_or_a_refusal_and_leaves_its_input(string type) =>
        Gen.Select(ResourceGen.Body(TestTypes.Of(type)), ResourceGen.Patch(TestTypes.Of(type))).Sample((body, patch) =>
        {
            var stored = ResourceReader.Read(body, TestTypes.Of(type), new Notes());
            var before = stored.ToString();
            try
            {
                var patched = PatchRequest.Parse(patch, TestTypes.Of(type), new Notes()).Apply(stored);
                var answer = CanonicalWriter.Compose(patched, Identity, TestTypes.Of(type));
                Assert.Equal(patched.ToString(), ResourceReader.Read(answer, TestTypes.Of(type), new Notes()).ToString());
            }
            catch (ScimException e)
            {
                Assert.Equal(400, e.Status);
                Assert.NotNull(e.ScimType);
            }
            Assert.Equal(before, stored.ToString());
        });

    [Theory, MemberData(nameof(Types))]
    public void A_failing_operation_anywhere_refuses_all_of_them(string type) =>
        Gen.Select(ResourceGen.Body(TestTypes.Of(type)), ResourceGen.Patch(TestTypes.Of(type)), Gen.Int[0, 4]).Sample((body, patch, at) =>
        {
            var stored = ResourceReader.Read(body, TestTypes.Of(type), new Notes());
            var before = stored.ToString();
            var operations = ((ScimArray)patch["Operations"]!).Items;
            var failing = Sent.Value("""{"op":"replace","path":"id","value":"x"}""");
            var broken = Body([.. operations.Insert(Math.Min(at, operations.Length), failing)]);
            Assert.Throws<ScimException>(() => PatchRequest.Parse(broken, TestTypes.Of(type), new Notes()).Apply(stored));
            Assert.Equal(before, stored.ToString());
        });

    [Theory, MemberData(nameof(Types))]
    public void Adding_twice_is_adding_once(string type)
    {
        var attributes = TestTypes.Of(type).Schema.Attributes.Where(a => !ValueReader.IsIgnored(a) && a.Mutability != Mutability.Immutable).ToArray();
        var add = from attribute in Gen.OneOf(attributes)
                  from value in ResourceGen.Value(attribute)
                  select ScimValue.Of(("op", ScimValue.Of("add")), ("path", ScimValue.Of(attribute.Name)), ("value", value));
        Gen.Select(ResourceGen.Body(TestTypes.Of(type)), add).Sample((body, operation) =>
        {
            var stored = ResourceReader.Read(body, TestTypes.Of(type), new Notes());
            ScimObject once;
            try
            {
                once = PatchRequest.Parse(Body(operation), TestTypes.Of(type), new Notes()).Apply(stored);
            }
            catch (ScimException e) when (e.ScimType is "tooMany" or "mutability")
            {
                return;
            }
            Assert.Same(once, PatchRequest.Parse(Body(operation), TestTypes.Of(type), new Notes()).Apply(once));
            Assert.Equal(once, PatchRequest.Parse(Body(operation, operation), TestTypes.Of(type), new Notes()).Apply(stored));
        });
    }

    [Fact]
    public void Any_json_as_a_patch_is_read_or_refused() =>
        Gen.Select(ResourceGen.Anything, ResourceGen.Anything, Gen.OneOf("add", "replace", "remove", "x"), Gen.OneOf(TextGen.Any, Gen.OneOf(ResourceGen.Places(UserSchema.ResourceType).Select(p => p.Path).ToArray()))).Sample((a, b, op, path) =>
        {
            foreach (var body in (ScimObject[])[Body(a), Body(ScimValue.Of(("op", ScimValue.Of(op)), ("path", ScimValue.Of(path)), ("value", b))), Body(ScimValue.Of(("op", ScimValue.Of(op)), ("value", b)))])
            {
                try
                {
                    PatchRequest.Parse(body, UserSchema.ResourceType, new Notes()).Apply(Sent.Object("""{"userName":"a","active":true}"""));
                }
                catch (ScimException e)
                {
                    Assert.Equal(400, e.Status);
                }
            }
        });

    [Fact]
    public void Any_json_as_a_body_is_read_or_refused() =>
        ResourceGen.Anything.Array[1, 3].Sample(values =>
        {
            try
            {
                ResourceReader.Read(ScimValue.Of(("userName", ScimValue.Of("a")), ("name", values[0]), ("emails", values[^1]), ("roles", values[0]), (EnterpriseUserSchema.Urn, values[^1])), UserSchema.ResourceType, new Notes());
            }
            catch (ScimException e)
            {
                Assert.Equal(400, e.Status);
            }
        });

    [Theory, MemberData(nameof(Types))]
    public void A_projection_of_a_projection_is_itself(string type)
    {
        var names = ResourceGen.Places(TestTypes.Of(type)).Select(p => p.Path).Where(p => !p.Contains('[', StringComparison.Ordinal)).Concat(["meta", "id", "nonsense", "meta.location"]).ToArray();
        Gen.Select(ResourceGen.Body(TestTypes.Of(type)), Gen.OneOf(names).Array[1, 4], Gen.Bool).Sample((body, chosen, only) =>
        {
            var answer = CanonicalWriter.Compose(ResourceReader.Read(body, TestTypes.Of(type), new Notes()), Identity, TestTypes.Of(type));
            var projection = only ? Projection.Parse(chosen, null, TestTypes.Of(type)) : Projection.Parse(null, chosen, TestTypes.Of(type));
            var shown = projection.Apply(answer);
            Assert.Equal(shown.ToString(), projection.Apply(shown).ToString());
            Assert.NotNull(shown["id"]);
        });
    }

    [Theory]
    [InlineData("add")]
    [InlineData("replace")]
    [InlineData("remove")]
    public void No_path_reaches_what_is_readOnly_or_immutable(string op)
    {
        foreach (var type in (ResourceType[])[UserSchema.ResourceType, TestTypes.Device])
            foreach (var attribute in type.Schema.Attributes.Concat(CommonAttributes.All).Where(a => a.Mutability is Mutability.ReadOnly or Mutability.Immutable))
                foreach (var path in (string[])[attribute.Name, attribute.Name.ToUpperInvariant(), $"{type.Schema.Id}:{attribute.Name}"])
                {
                    var stored = ScimValue.Of((attribute.Name, ScimValue.Of("old")), ("userName", ScimValue.Of("a")));
                    var body = Body(ScimValue.Of(("op", ScimValue.Of(op)), ("path", ScimValue.Of(path)), ("value", ScimValue.Of("new"))));
                    Assert.Equal("mutability", Assert.Throws<ScimException>(() => PatchRequest.Parse(body, type, new Notes()).Apply(stored)).ScimType);
                }
    }

    static ScimObject Body(params ScimValue[] operations) =>
        ScimValue.Of(("schemas", ScimValue.Of(ScimValue.Of(PatchRequest.Urn))), ("Operations", ScimValue.Of(operations)));
}

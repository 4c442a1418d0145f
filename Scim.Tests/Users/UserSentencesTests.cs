using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;
using static Scim.Tests.Users.Life;

namespace Scim.Tests.Users;

public class UserSentencesTests
{
    const string Okta = "Okta (token okta-2026)";
    const string Manager = EnterpriseUserSchema.Urn + ":manager.value";
    static readonly Guid Grace = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-000000000001"), Erased = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-000000000002");
    static readonly Telling Telling = new(Okta, id => id == Grace ? new Called("Grace Hopper") : id == Erased ? Called.Erased : Called.Unknown);

    static void Says(UserEvent e, string sentence) => Assert.Equal(sentence, UserSentences.Of(e, Telling));

    static UserAttributesChanged Changed(string[] paths, string before, string after, string label = "Ada Byron") =>
        new(Id, Source.Scim, paths, new AttributeChange(Resource(before), Resource(after)), label);

    [Fact]
    public void Somebody_comes_with_the_name_that_is_unique()
    {
        Says(new UserProvisioned(Id, Source.Scim, true, Resource("""{"userName":"ada@example.com"}"""), "Ada Byron"), $"{Okta} added Ada Byron (ada@example.com) to the directory, active.");
        Says(new UserProvisioned(Id, Source.Scim, false, Resource("""{"userName":"ada@example.com"}"""), "ada@example.com"), $"{Okta} added ada@example.com to the directory, inactive.");
        Says(new UserProvisioned(Id, Source.SignIn, true, default, default), $"{Okta} added an erased person to the directory at the first sign-in, active.");
        Says(new UserProvisioned(Id, Source.Import, true, Resource("{}"), ""), $"{Okta} added a person without a name to the directory by an import, active.");
    }

    [Fact]
    public void One_attribute_is_told_with_its_values()
    {
        Says(Changed(["title"], """{"title":"Guide"}""", """{"title":"Lead"}"""), $"{Okta} changed Ada Byron's title from \"Guide\" to \"Lead\".");
        Says(Changed(["title"], "{}", """{"title":"Lead"}"""), $"{Okta} set Ada Byron's title to \"Lead\".");
        Says(Changed(["title"], """{"title":"Guide"}""", "{}", "James"), $"{Okta} removed James' title (\"Guide\").");
        Says(Changed(["emails"], """{"emails":[{"value":"a@b.example"}]}""", """{"emails":[{"value":"c@b.example"},{"value":"a@b.example"}]}"""),
            $"{Okta} changed Ada Byron's e-mail addresses from \"a@b.example\" to \"c@b.example\" and 1 other.");
        Says(Changed(["emails"], """{"emails":[{"value":"a@b.example","type":"home"}]}""", """{"emails":[{"value":"a@b.example","type":"work"}]}"""),
            $"{Okta} changed details of Ada Byron's e-mail addresses (\"a@b.example\").");
    }

    [Fact]
    public void A_manager_is_told_by_name()
    {
        Says(Changed([Manager], "{}", $$"""{"{{Manager}}":"{{Grace}}"}"""), $"{Okta} set Ada Byron's manager to Grace Hopper.");
        Says(Changed([Manager], $$"""{"{{Manager}}":"{{Grace}}"}""", $$"""{"{{Manager}}":"{{Erased}}"}"""), $"{Okta} changed Ada Byron's manager from Grace Hopper to an erased person.");
    }

    [Fact]
    public void Several_attributes_are_told_by_their_names()
    {
        Says(Changed(["title", "name.familyName", "phoneNumbers"], "{}", "{}"), $"{Okta} changed 3 attributes of Ada Byron: title, family name and phone numbers.");
        Says(Changed(["title", "locale", "timezone", "userType", "roles", "ims"], "{}", "{}"), $"{Okta} changed 6 attributes of Ada Byron: title, locale, time zone, user type, roles and instant messaging addresses.");
        Says(Changed(["title", "locale", "timezone", "userType", "roles", "ims", "photos"], "{}", "{}"), $"{Okta} changed 7 attributes of Ada Byron: title, locale, time zone, user type, roles and 2 others.");
    }

    [Fact]
    public void The_states_of_a_person_are_verbs()
    {
        Says(new UserRenamed(Id, Source.Scim, "ada@old.example", "ada@new.example", "Ada Byron"), $"{Okta} changed Ada Byron's user name from \"ada@old.example\" to \"ada@new.example\".");
        Says(new UserDeactivated(Id, Source.Scim, "Ada Byron"), $"{Okta} deactivated Ada Byron.");
        Says(new UserReactivated(Id, Source.Scim, "Ada Byron"), $"{Okta} reactivated Ada Byron.");
        Says(new UserSuspended(Id, Source.Admin, "Lost laptop", "Ada Byron"), $"{Okta} suspended Ada Byron, with the reason \"Lost laptop\".");
        Says(new UserSuspensionLifted(Id, Source.Admin, "Ada Byron"), $"{Okta} lifted the suspension of Ada Byron.");
        Says(new UserSuspensionLifted(Id, Source.Admin, "Ada Byron") { Reason = new("Laptop found") }, $"{Okta} lifted the suspension of Ada Byron, with the reason \"Laptop found\".");
        Says(new UserSuspensionLifted(Id, Source.Admin, default) { Reason = default(Personal<string>) }, $"{Okta} lifted the suspension of an erased person, with the reason (erased).");
        Says(new UserNameReleased(Id, Source.Admin, "Ada Byron"), $"{Okta} released Ada Byron's user name, so that another person may have it.");
        Says(new UserDeleted(Id, Source.Scim, "Ada Byron"), $"{Okta} deleted Ada Byron from the directory.");
    }

    [Fact]
    public void After_the_erasure_everything_can_still_be_told()
    {
        Says(new UserRenamed(Id, Source.Scim, default, default, default), $"{Okta} changed an erased person's user name from (erased) to (erased).");
        Says(new UserAttributesChanged(Id, Source.Scim, ["title"], default, default), $"{Okta} changed an erased person's title from (erased) to (erased).");
        Says(new UserAttributesChanged(Id, Source.Scim, ["title", "roles"], default, default), $"{Okta} changed 2 attributes of an erased person: title and roles.");
        Says(new UserSuspended(Id, Source.Admin, default, default), $"{Okta} suspended an erased person, with the reason (erased).");
        Says(new UserDeleted(Id, Source.Scim, default), $"{Okta} deleted an erased person from the directory.");
        Says(new UserErased(Erased, Source.Admin, "Asked by the person"), $"{Okta} erased everything personal about a person, with the reason \"Asked by the person\".");
    }

    [Fact]
    public void A_sentence_begins_with_a_capital_and_ends_with_one_full_stop()
    {
        Assert.Equal("The operator deactivated Sammy Davis Jr.", UserSentences.Of(new UserDeactivated(Id, Source.Operator, "Sammy Davis Jr."), new("the operator", _ => default)));
        Assert.Equal("Somebody deactivated Ada Byron.", UserSentences.Of(new UserDeactivated(Id, Source.Operator, "Ada Byron"), new(" ", _ => default)));
    }

    [Fact]
    public void Erased_values_are_told_apart_from_unassigned_ones()
    {
        Assert.Equal([new BeforeAfter("title", null, ScimValue.Of("Lead"))], UserBeforeAfter.Of(Changed(["title"], "{}", """{"title":"Lead"}""")));
        Assert.Equal([new BeforeAfter("title", null, null, IsErased: true)], UserBeforeAfter.Of(new UserAttributesChanged(Id, Source.Scim, ["title"], default, default)));
        Assert.Equal([new BeforeAfter("userName", null, null, IsErased: true)], UserBeforeAfter.Of(new UserRenamed(Id, Source.Scim, default, default, default)));
        Assert.Equal([new BeforeAfter("active", ScimValue.True, ScimValue.False)], UserBeforeAfter.Of(new UserDeactivated(Id, Source.Scim, default)));
        Assert.Equal([new BeforeAfter("suspended", ScimValue.False, ScimValue.True)], UserBeforeAfter.Of(new UserSuspended(Id, Source.Admin, default, default)));
    }
}

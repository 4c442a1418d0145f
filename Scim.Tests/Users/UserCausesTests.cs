using CsCheck;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;
using static Scim.Tests.Users.Life;

namespace Scim.Tests.Users;

public class UserCausesTests
{
    const string Department = EnterpriseUserSchema.Urn + ":department";
    static readonly DateTimeOffset Start = new(2026, 3, 3, 14, 0, 2, TimeSpan.Zero);

    static readonly UserProvisioned Provisioned = new(Id, Source.Scim, true, Resource("""{"userName":"ada@example.com","name":{"familyName":"Byron"},"title":"Guide"}"""), "Ada Byron");
    static readonly UserProvisioned Inactive = Provisioned with { Active = false };
    static readonly UserDeactivated Deactivated = new(Id, Source.Scim, "Ada Byron");
    static readonly UserReactivated Reactivated = new(Id, Source.Scim, "Ada Byron");
    static readonly UserSuspended Suspended = new(Id, Source.Admin, "Lost laptop", "Ada Byron");
    static readonly UserSuspensionLifted Lifted = new(Id, Source.Admin, "Ada Byron");
    static readonly UserDeleted Deleted = new(Id, Source.Scim, "Ada Byron");
    static readonly UserErased Erased = new(Id, Source.Admin, "Asked by the person");

    static UserAttributesChanged Changed(string before, string after, params string[] paths) => new(Id, Source.Scim, paths, new AttributeChange(Resource(before), Resource(after)), "Ada Byron");

    // Whoever acts through SCIM is Okta, else the operator; one event an hour.
    static UserCauses? Causes(params UserEvent[] history) =>
        UserCauses.Of(history.Select((e, i) => (e, new Fact(i + 1, Start.AddHours(i), e is UserSuspended or UserSuspensionLifted or UserErased ? "operator" : "scim-token:1"))), UserSchema.ResourceType);

    static Telling Told(Fact fact) => new(fact.Actor == "operator" ? "The operator" : "Okta (token okta-2026)", _ => Called.Unknown);

    static string Shown(UserCauses? causes) => string.Join("; ", causes!.All.Select(c => $"{c.Path}={(c.IsErased ? "erased" : c.Value)}@{c.Index}"));

    static void Why(string sentence, params UserEvent[] history) => Assert.Equal($"{sentence}; nothing since has changed that.", UserReasons.OfAccess(Causes(history)!, Told));

    [Fact]
    public void Nobody_is_there_before_the_first_event()
    {
        Assert.Null(Causes());
        Assert.Null(Causes(Deactivated));
    }

    [Fact]
    public void Everything_about_a_person_has_the_event_that_set_it_last() => Assert.Equal(
        """access=true@0; active=true@0; userName="a@example.com"@2; name.familyName="Byron"@0; title="Lead"@1; emails=[{"value":"a@example.com"}]@3; """ + Department + "=\"Tours\"@3",
        Shown(Causes(Provisioned, Changed("""{"title":"Guide"}""", """{"title":"Lead"}""", "title"), new UserRenamed(Id, Source.Scim, "ada@example.com", "a@example.com", "Ada Byron"),
            Changed("{}", $$"""{"emails":[{"value":"a@example.com"}],"{{Department}}":"Tours"}""", "emails", Department))));

    [Fact]
    public void What_is_not_assigned_any_more_has_no_cause() => Assert.Equal(
        """access=true@0; active=true@0; userName="ada@example.com"@0; name.familyName="Byron"@0""", Shown(Causes(Provisioned, Changed("""{"title":"Guide"}""", "{}", "title"))));

    [Fact]
    public void What_comes_again_is_set_anew() => Assert.EndsWith("title=\"Guide\"@2", Shown(Causes(Provisioned, Changed("""{"title":"Guide"}""", "{}", "title"), Changed("{}", """{"title":"Guide"}""", "title"))), StringComparison.Ordinal);

    [Fact]
    public void Suspension_is_told_of_those_who_ever_were()
    {
        Assert.StartsWith("access=false@1; active=true@0; suspended=true@1; userName", Shown(Causes(Provisioned, Suspended)), StringComparison.Ordinal);
        Assert.StartsWith("access=true@2; active=true@0; suspended=false@2; userName", Shown(Causes(Provisioned, Suspended, Lifted)), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_out_twice_is_out_by_the_first_that_still_stands()
    {
        Assert.StartsWith("access=false@1;", Shown(Causes(Provisioned, Suspended, Deactivated)), StringComparison.Ordinal);
        Assert.StartsWith("access=false@2;", Shown(Causes(Provisioned, Suspended, Deactivated, Lifted)), StringComparison.Ordinal);
        Assert.StartsWith("access=false@2;", Shown(Causes(Provisioned, Deactivated, Suspended, Reactivated)), StringComparison.Ordinal);
        Assert.StartsWith("access=true@4;", Shown(Causes(Provisioned, Suspended, Deactivated, Lifted, Reactivated)), StringComparison.Ordinal);
        Assert.StartsWith("access=true@4;", Shown(Causes(Provisioned, Suspended, Deactivated, Reactivated, Lifted)), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_somebody_who_left_only_access_remains()
    {
        Assert.Equal("access=false@1", Shown(Causes(Provisioned, Deleted)));
        Assert.Equal("access=false@1", Shown(Causes(Provisioned, Erased)));
        Assert.Equal("access=false@2", Shown(Causes(Provisioned, Suspended, Deleted, Erased)));
    }

    [Fact]
    public void Erased_values_have_causes_without_values()
    {
        var erased = Provisioned with { Resource = default, Label = default };
        Assert.Equal($"access=true@0; active=true@0; userName=erased@0; title=erased@1; {Department}=erased@1",
            Shown(Causes(erased, new UserAttributesChanged(Id, Source.Scim, [Department, "title"], default, default))));
        Assert.Equal("access=false@2; active=false@2; userName=erased@1", Shown(Causes(erased, new UserRenamed(Id, Source.Scim, default, default, default), Deactivated)));
    }

    [Fact]
    public void Why_somebody_has_access_or_none_is_a_sentence()
    {
        Why("Ada Byron has access, because Okta (token okta-2026) added this person to the directory, active, on 2026-03-03 at 14:00:02 UTC", Provisioned, Changed("{}", """{"locale":"en"}""", "locale"));
        Why("Ada Byron has no access, because Okta (token okta-2026) added this person to the directory, inactive, on 2026-03-03 at 14:00:02 UTC", Inactive);
        Why("Ada Byron has no access, because Okta (token okta-2026) deactivated this person on 2026-03-03 at 15:00:02 UTC", Provisioned, Deactivated);
        Why("Ada Byron has access, because Okta (token okta-2026) reactivated this person on 2026-03-03 at 16:00:02 UTC", Provisioned, Deactivated, Reactivated);
        Why("Ada Byron has no access, because the operator suspended this person on 2026-03-03 at 15:00:02 UTC, with the reason \"Lost laptop\"", Provisioned, Suspended);
        Why("Ada Byron has access, because the operator lifted this person's suspension on 2026-03-03 at 16:00:02 UTC", Provisioned, Suspended, Lifted);
        Why("Ada Byron has no access, because Okta (token okta-2026) deleted this person on 2026-03-03 at 16:00:02 UTC", Provisioned, Deactivated, Deleted);
    }

    [Fact]
    public void Two_reasons_are_both_told()
    {
        const string Because = "Ada Byron has no access, because ", Okta = "Okta (token okta-2026) ";
        Why($"{Because}the operator suspended this person on 2026-03-03 at 15:00:02 UTC, with the reason \"Lost laptop\", and {Okta}deactivated this person on 2026-03-03 at 16:00:02 UTC", Provisioned, Suspended, Deactivated);
        Why($"{Because}{Okta}added this person to the directory, inactive, on 2026-03-03 at 14:00:02 UTC, and the operator suspended this person on 2026-03-03 at 15:00:02 UTC, with the reason \"Lost laptop\"", Inactive, Suspended);
    }

    [Fact]
    public void Why_stays_a_sentence_after_the_erasure()
    {
        Why("An erased person has no access, because the operator suspended this person on 2026-03-03 at 15:00:02 UTC, with the reason (erased)",
            Provisioned with { Resource = default, Label = default }, new UserSuspended(Id, Source.Admin, default, default));
        Why("An erased person has no access, because the operator erased everything personal about this person on 2026-03-03 at 15:00:02 UTC, with the reason \"Asked by the person\"", Provisioned, Erased);
        Why("An erased person has no access, because Okta (token okta-2026) deleted this person on 2026-03-03 at 15:00:02 UTC", Provisioned with { Resource = default, Label = default }, Deleted with { Label = default }, Erased);
    }

    [Fact]
    public void Every_cause_is_a_sentence()
    {
        var causes = Causes(Provisioned, Changed("{}", """{"emails":[{"value":"a@example.com"}],"title":"Lead"}""", "emails", "title"), Suspended, Lifted)!;
        Assert.Equal(
        [
            "Ada Byron has access, because the operator lifted this person's suspension on 2026-03-03 at 17:00:02 UTC",
            "Ada Byron is active, because Okta (token okta-2026) added this person to the directory, active, on 2026-03-03 at 14:00:02 UTC",
            "Ada Byron is not suspended, because the operator lifted this person's suspension on 2026-03-03 at 17:00:02 UTC",
            "Ada Byron's user name is \"ada@example.com\", because Okta (token okta-2026) added this person to the directory on 2026-03-03 at 14:00:02 UTC",
            "Ada Byron's family name is \"Byron\", because Okta (token okta-2026) added this person to the directory on 2026-03-03 at 14:00:02 UTC",
            "Ada Byron's title is \"Lead\", because Okta (token okta-2026) changed it on 2026-03-03 at 15:00:02 UTC",
            "Ada Byron's e-mail addresses are \"a@example.com\", because Okta (token okta-2026) changed them on 2026-03-03 at 15:00:02 UTC",
        ], causes.All.Select(c => UserReasons.Of(causes, c, Told).Replace("; nothing since has changed that.", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_causes_of_any_life_agree_with_its_state_and_nothing_after_a_cause_touches_it() => Lives.Sample(life =>
    {
        var state = life.Aggregate((User?)null, (u, x) => User.Fold(u, x.Event, x.Fact))!;
        var causes = UserCauses.Of(life, UserSchema.ResourceType)!;
        Assert.Equal(state.HasAccess, causes.Access.Value!.AsBoolean);
        var whole = Difference.Between(ScimObject.Empty, state.Resource, UserSchema.ResourceType, "userName", "active");
        Assert.Equal(whole?.Paths ?? [], causes.All.Select(c => c.Path).Where(p => p is not ("access" or "active" or "suspended" or "userName")));
        foreach (var cause in causes.All)
        {
            var after = UserCauses.Of(life.Take(cause.Index + 1), UserSchema.ResourceType)!.All.Single(c => c.Path == cause.Path);
            var before = UserCauses.Of(life.Take(cause.Index), UserSchema.ResourceType)?.All.SingleOrDefault(c => c.Path == cause.Path);
            Assert.Equal(cause.Value, after.Value);
            if (cause.Path != "access" || cause.Value!.AsBoolean == true) Assert.NotEqual(cause.Value, before?.Value);
            foreach (var count in Enumerable.Range(cause.Index + 1, life.Count - cause.Index))
                Assert.Equal(cause.Value, UserCauses.Of(life.Take(count), UserSchema.ResourceType)!.All.Single(c => c.Path == cause.Path).Value);
        }
    }, iter: 300);

    // Bodies replaced, people suspended and released, as the decider tells it.
    static readonly Gen<List<(UserEvent Event, Fact Fact)>> Lives = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 1], Gen.Int[0, 9]).Array[1, 12].Select(steps =>
    {
        var (life, user) = (new List<(UserEvent, Fact)>(), (User?)null);
        foreach (var (title, family, active, step) in steps)
        {
            var body = Resource($$"""{"userName":"u{{title}}","active":{{(active == 1 ? "true" : "false")}}}""");
            if (title > 0) body = body.With("title", ScimValue.Of($"t{title}"));
            if (family > 0) body = body.With("name", Resource($$"""{"familyName":"f{{family}}"}""")).With(EnterpriseUserSchema.Urn, Resource($$"""{"department":"d{{family}}"}"""));
            UserCommand command = user is null ? new ProvisionUser(Id, body, Source.Scim)
                : step == 0 ? new SuspendUser("why", Source.Admin) : step == 1 ? new LiftSuspension(Source.Admin) : new ReplaceUser(body, Source.Scim);
            foreach (var e in UserDecider.Decide(user, command, UserSchema.ResourceType))
            {
                var fact = new Fact(life.Count + 1, Start.AddMinutes(life.Count), "operator");
                life.Add((e, fact));
                user = User.Fold(user, e, fact);
            }
        }
        return life;
    });
}

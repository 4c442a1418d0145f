using Scim.Api.CommandCenter.Api;
using Scim.Domain.History;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Tests.Users;

/// <summary>A specification of a person's life: given events, when a command, then events or a refusal.</summary>
internal sealed class Life
{
    internal static readonly Guid Id = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f");
    static readonly DateTimeOffset Start = new(2026, 3, 3, 14, 0, 0, TimeSpan.Zero);

    readonly List<UserEvent> _given = [];
    User? _user;

    internal static Life Given(params UserEvent[] events)
    {
        var life = new Life();
        foreach (var e in events) life.Happens(e);
        return life;
    }

    internal User? State => _user;

    /// <summary>The command decides exactly these events, and repeated, none.</summary>
    internal Life When(UserCommand command, params UserEvent[] then)
    {
        var decided = UserDecider.Decide(_user, command, UserSchema.ResourceType);
        Assert.Equal(then.Select(Shown), decided.Select(Shown));
        foreach (var e in decided) Happens(e);
        if (_user is not null && command is not (ProvisionUser or DeleteUser)) Assert.Empty(UserDecider.Decide(_user, command, UserSchema.ResourceType));
        return this;
    }

    internal ScimException Refuses(UserCommand command) => Assert.Throws<ScimException>(() => UserDecider.Decide(_user, command, UserSchema.ResourceType));

    internal static ScimObject Resource(string json) => ScimReader.ReadObject(System.Text.Encoding.UTF8.GetBytes(json));

    void Happens(UserEvent e)
    {
        _given.Add(e);
        _user = User.Fold(_user, e, new Fact(_given.Count, Start.AddMinutes(_given.Count), $"actor-{_given.Count}"));
    }

    static string Shown(UserEvent e) => $"{e.GetType().Name} {ShownEvent.Content(e)!.ToJsonString()}";
}

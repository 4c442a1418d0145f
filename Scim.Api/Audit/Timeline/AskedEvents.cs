using System.Globalization;
using FluentValidation;
using Scim.Api.EventStore;

namespace Scim.Api.Audit.Timeline;

/// <summary>Which events are asked for, as it stands in the query.</summary>
internal record AskedEvents
{
    // Texts, so that what is malformed is refused by name.
    public string? Person { get; set; }
    public string? Group { get; set; }
    public string? Type { get; set; }
    public string? Actor { get; set; }
    public string? Token { get; set; }
    public string? Request { get; set; }
    public string? From { get; set; }
    public string? To { get; set; }
    public string? FromPosition { get; set; }
    public string? ToPosition { get; set; }
    public string? Name { get; set; }

    internal static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    internal static Guid? Id(string? text) => Guid.TryParseExact(Given(text), "D", out var id) ? id : null;

    internal static string[] Several(string text) => [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];
}

/// <summary>A page of them.</summary>
internal sealed record AskedPage : AskedEvents
{
    public string? Order { get; set; }
    public string? Count { get; set; }
    public string? Cursor { get; set; }
}

/// <summary>What may be asked.</summary>
internal class AskedEventsRules<T> : AbstractValidator<T> where T : AskedEvents
{
    public AskedEventsRules()
    {
        foreach (var (name, text) in new (string, Func<T, string?>)[] { ("person", q => q.Person), ("group", q => q.Group), ("token", q => q.Token), ("request", q => q.Request) })
            RuleFor(q => text(q)).Must(t => AskedEvents.Given(t) is null || AskedEvents.Id(t) is not null).WithMessage($"{name} is an id such as 0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f.").OverridePropertyName(name);
        foreach (var (name, text) in new (string, Func<T, string?>)[] { ("actor", q => q.Actor), ("name", q => q.Name), ("type", q => q.Type) })
            RuleFor(q => text(q)).Must(t => t is null || t.Length <= 1024 && !t.Contains('\0', StringComparison.Ordinal)).WithMessage($"{name} has at most 1024 characters, and none of them is U+0000.").OverridePropertyName(name);
        RuleFor(q => q.Type).Must(t => AskedEvents.Given(t) is not { } types || AskedEvents.Several(types) is { Length: > 0 } names && names.All(EventTypes.ByName.ContainsKey))
            .WithMessage($"type is one or several of these, with commas between them: {string.Join(", ", EventTypes.ByName.Keys.Order(StringComparer.Ordinal))}.").OverridePropertyName("type");
    }
}

/// <summary>The same of a page.</summary>
internal sealed class AskedPageRules : AskedEventsRules<AskedPage>
{
    public AskedPageRules()
    {
        RuleFor(q => q.Order).Must(o => AskedEvents.Given(o) is null or "asc" or "desc").WithMessage("order is asc or desc.").OverridePropertyName("order");
        RuleFor(q => q.Count).Must(c => AskedEvents.Given(c) is null || int.TryParse(c, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 200).WithMessage("count is from 1 to 200.").OverridePropertyName("count");
        RuleFor(q => q.Cursor).Must(c => AskedEvents.Given(c) is null || EventPlace.TryParse(c, out _)).WithMessage("cursor is what the page before gave as next.").OverridePropertyName("cursor");
    }
}

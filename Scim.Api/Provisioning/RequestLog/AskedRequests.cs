using System.Globalization;
using FluentValidation;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>What is asked of the log, as it stands in the query: texts, so that what is malformed is refused by name.</summary>
internal sealed record AskedRequests(string? Kind = null, string? Action = null, string? Resource = null, string? Person = null, string? Token = null, string? Provider = null, string? Status = null,
    string? ScimType = null, string? RequestId = null, string? From = null, string? To = null, string? Q = null, string? Cursor = null, string? Count = null)
{
    const int DefaultCount = 50;

    /// <summary>How many rows a page has.</summary>
    internal int Rows => Count is null ? DefaultCount : int.Parse(Count, CultureInfo.InvariantCulture);

    /// <summary>What it means; a person may be named by anything that identity providers know.</summary>
    /// <exception cref="ValidationException">Something of it is malformed.</exception>
    internal async Task<RequestLogFilter> Filter(Guid organization, RequestLogReader log, CancellationToken ct)
    {
        await Validate();
        return new()
        {
            Kind = Kind,
            Action = Given(Action),
            Resource = Given(Resource),
            Person = Given(Person) is { } person ? await log.Person(organization, person, ct) : null,
            Token = Given(Token),
            Provider = Given(Provider),
            Status = Given(Status),
            ScimType = Given(ScimType),
            RequestId = Given(RequestId),
            From = Begin(From),
            To = End(To),
            Text = Given(Q),
            Named = Given(Q) is { } text ? log.Named(organization, text) : [],
            After = Cursor is null ? null : RequestLogFilter.Cursor.Parse(Cursor),
        };
    }

    internal async Task Validate()
    {
        var result = await new Rules().ValidateAsync(this);
        if (!result.IsValid) throw new ValidationException(result.Errors);
    }

    internal static DateTimeOffset? Begin(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;

    // A day belongs to it as a whole.
    static DateTimeOffset? End(string? text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) && day < DateTimeOffset.MaxValue.AddDays(-2) ? day.AddDays(1) : Begin(text);

    static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    sealed class Rules : AbstractValidator<AskedRequests>
    {
        public Rules()
        {
            RuleFor(q => q.Kind).Must(k => k is null or "all" or "errors" or "writes").WithMessage("kind is all, errors or writes.").OverridePropertyName("kind");
            RuleFor(q => q.Status).Matches("^[1-5]([0-9][0-9]|[xX][xX])$").When(q => Given(q.Status) is not null).WithMessage("status is a number such as 409, or a class such as 4xx.").OverridePropertyName("status");
            RuleFor(q => q.From).Must(IsInstant).WithMessage("from is an instant such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31.").OverridePropertyName("from");
            RuleFor(q => q.To).Must(IsInstant).WithMessage("to is an instant such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31.").OverridePropertyName("to");
            RuleFor(q => q.Cursor).Must(c => c is null || RequestLogFilter.Cursor.Parse(c) is not null).WithMessage("cursor is what the page before gave as next.").OverridePropertyName("cursor");
            RuleFor(q => q.Count).Must(c => c is null || int.TryParse(c, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 200).WithMessage("count is from 1 to 200.").OverridePropertyName("count");
            foreach (var (name, text) in new (string, Func<AskedRequests, string?>)[] { ("action", q => q.Action), ("resource", q => q.Resource), ("token", q => q.Token), ("provider", q => q.Provider), ("scimType", q => q.ScimType), ("requestId", q => q.RequestId), ("q", q => q.Q), ("person", q => q.Person) })
                RuleFor(q => text(q)).Must(t => t is null || t.Length <= 256 && !t.Contains('\0', StringComparison.Ordinal)).WithMessage($"{name} has at most 256 characters, and none of them is U+0000.").OverridePropertyName(name);
        }

        static bool IsInstant(string? text) => text is null || Begin(text) is not null;
    }
}

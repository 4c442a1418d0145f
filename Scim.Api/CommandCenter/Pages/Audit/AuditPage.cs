using System.Globalization;
using FluentValidation;
using Scim.Api.Audit.Timeline;
using Scim.Api.CommandCenter.Components;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Pages.Audit;

/// <summary>
/// A page that looks into the past: what it shows stands in its address, what is asked wrongly is said beside its field, and
/// who reads what is personal is recorded.
/// </summary>
public abstract class AuditPage : CommandPage
{
    /// <summary>What is wrong with what is asked, by field; that of no field stands under the empty name.</summary>
    private protected Dictionary<string, string> Wrong { get; } = [];

    /// <summary>Whether the page stands still.</summary>
    private protected bool IsPaused => Asked("paused") == "1";

    /// <summary>This page with parameters changed: null takes one away. Another question begins at its first row.</summary>
    private protected string With(params (string Name, string? Value)[] changes) => QueryLink.Of(Http.Request.Path, Http.Request.Query, changes);

    /// <summary>All values of a parameter, which may stand several times or hold several with commas between them.</summary>
    private protected string[] Several(string name) => AskedEvents.Several(Http.Request.Query[name].ToString());

    /// <summary>A day with its time of day where one is asked for; else what is asked.</summary>
    private protected string? AskedTime(string name) =>
        Asked(name) is { } day && Asked(name + "Time") is { } time && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? $"{day}T{time}" : Asked(name);

    /// <summary>Reads what is asked; what cannot be understood stands in <see cref="Wrong"/> afterwards.</summary>
    private protected async Task Understand(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (ValidationException e)
        {
            foreach (var error in e.Errors) Wrong.TryAdd(error.PropertyName, error.ErrorMessage);
        }
        catch (ScimException e) when (e.Status == StatusCodes.Status400BadRequest)
        {
            // Such messages begin with the name of what they are about.
            var name = e.Message.Split(' ')[0];
            Wrong.TryAdd(Http.Request.Query.ContainsKey(name) ? name : "", e.Message);
        }
        if (Wrong.Count > 0) Http.Response.StatusCode = StatusCodes.Status400BadRequest;
    }
}

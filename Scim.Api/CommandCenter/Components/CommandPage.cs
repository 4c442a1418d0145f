using FluentValidation;
using Microsoft.AspNetCore.Components;
using Scim.Api.Access;
using Scim.Api.Audit.Reads;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Components;

/// <summary>What every page of the Command Center has: who asks, of which organization, and their patience.</summary>
public abstract class CommandPage : ComponentBase
{
    /// <summary>How long a proof by passkey lets somebody do what needs it.</summary>
    internal static readonly TimeSpan SteppedUpFor = TimeSpan.FromMinutes(10);

    /// <summary>The request.</summary>
    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    internal PageCaller Caller => PageCaller.Of(Http) ?? throw new InvalidOperationException("Nobody has proved who asks.");

    internal bool IsAdmin => Caller.Role == Roles.Admin;

    /// <summary>Whether the caller proved themselves a moment ago, as changes that open or close doors demand.</summary>
    internal bool IsSteppedUp => Caller.Clock.GetUtcNow() - Caller.SteppedUpAt < SteppedUpFor;

    /// <summary>Ends with the request.</summary>
    protected CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The zone in which the page tells times.</summary>
    internal PageZone Zone => field ??= PageZone.Of(Http);

    /// <summary>Path and query of this page, for links that come back to it.</summary>
    protected string Here => Http.Request.Path + Http.Request.QueryString;

    bool _loaded;

    /// <summary>What the page shows, read before anything is rendered.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!_loaded) await LoadAsync();
        _loaded = true;
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Why the form that was sent was refused; null where none was.</summary>
    protected string? Refused { get; private set; }

    [Inject]
    NavigationManager Navigation { get; set; } = null!;

    [Inject]
    ReadRecords Reads { get; set; } = null!;

    /// <summary>A parameter of the address, trimmed; null where there is none. Of several the last counts.</summary>
    protected string? Asked(string name) => Http.Request.Query[name] is { Count: > 0 } values && values[^1]?.Trim() is { Length: > 0 } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;

    /// <summary>Records that the caller reads these people, before anything is shown.</summary>
    protected Task Record(string kind, params IEnumerable<Guid> people) => Reads.Add(Caller.Organization, Caller.Actor, kind, [.. people], Aborted);

    /// <summary>A field of the form that was sent, trimmed; empty where it is missing.</summary>
    protected string Field(string name) => Http.Request.HasFormContentType ? Http.Request.Form[name].ToString().Trim() : "";

    /// <summary>Goes to another page, or to this one as it is now: a reload does not send a form again.</summary>
    protected void GoTo(string path) => Navigation.NavigateTo(path);

    /// <summary>Does what a form asks; what is refused stands in <see cref="Refused"/>, and the answer has its status.</summary>
    protected async Task Try(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (ScimException e) when (e.Status < 500)
        {
            (Refused, Http.Response.StatusCode) = (e.Message, e.Status);
        }
        catch (ValidationException e)
        {
            (Refused, Http.Response.StatusCode) = (string.Join(" ", e.Errors.Select(f => f.ErrorMessage)), StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>Refuses who did not prove themselves a moment ago.</summary>
    protected void DemandStepUp()
    {
        if (!IsSteppedUp) throw new ScimException(403, null, "This needs a fresh proof that it is you: go back, confirm with your passkey, and repeat.");
    }
}

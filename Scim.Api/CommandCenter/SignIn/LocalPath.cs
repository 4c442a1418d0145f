namespace Scim.Api.CommandCenter.SignIn;

/// <summary>Where to go after signing in: a path of this host and nothing else.</summary>
internal static class LocalPath
{
    internal static string Of(string? path) =>
        path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : "/";

    /// <summary>The sign-in page, and back from there to what was asked; not to what a form sent.</summary>
    internal static string ToSignIn(HttpRequest request)
    {
        var back = HttpMethods.IsGet(request.Method) ? request.Path.Value + request.QueryString.Value : "/";
        return back == "/" ? "/sign-in" : $"/sign-in?return={Uri.EscapeDataString(back)}";
    }
}

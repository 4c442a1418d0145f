using System.Reflection;

namespace Scim.Api.Hosting;

/// <summary>Which build this is, e.g. <c>0.1.0+abc1234</c>: the version and the commit, without the commit where the build knew none.</summary>
internal static class BuildVersion
{
    const int CommitLength = 7;

    internal static readonly string Text = Short(typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    internal static string Short(string informational)
    {
        var commit = informational.IndexOf('+', StringComparison.Ordinal) + 1;
        return commit > 0 && informational.Length > commit + CommitLength ? informational[..(commit + CommitLength)] : informational;
    }
}

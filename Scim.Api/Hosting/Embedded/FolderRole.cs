namespace Scim.Api.Hosting.Embedded;

/// <summary>As what a process uses the data folder.</summary>
internal enum FolderRole
{
    /// <summary>The service itself: one at a time.</summary>
    Service,

    /// <summary>An operator's command or a test: any number, beside a service or alone.</summary>
    Command,

    /// <summary>A command that must be alone, such as a restore: neither a service nor another of its kind beside it.</summary>
    LoneCommand,
}

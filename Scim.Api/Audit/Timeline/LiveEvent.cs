namespace Scim.Api.Audit.Timeline;

/// <summary>An event on its way to those who watch: told once, with what filters ask of it.</summary>
/// <param name="Members">People whom it put into a group or took out of it.</param>
/// <param name="Json">As it is told.</param>
internal sealed record LiveEvent(EventPlace Place, Guid Stream, string Type, string? Actor, Guid? Request, IReadOnlySet<Guid> Members, byte[] Json);

/// <summary>The events of one command: it is watched as a whole, and its position is where a watcher resumes.</summary>
internal sealed record LiveCommand(long Position, IReadOnlyList<LiveEvent> Events);

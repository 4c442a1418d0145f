using Microsoft.Net.Http.Headers;
using Scim.Domain.Protocol;

namespace Scim.Api.EventStore;

/// <summary>
/// The versions that a writer says it has seen (RFC 7644 §3.14): <c>*</c>, or a list of tags with or without <c>W/</c>
/// and quotes. Only the stream version in front of the hyphen counts: what is derived changes without the writer.
/// </summary>
internal sealed class IfMatch
{
    readonly bool _any;
    readonly HashSet<long> _versions = [];

    IfMatch(string header, bool strict)
    {
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "*") _any = true;
            else if (strict && !EntityTagHeaderValue.TryParse(part, out _)) throw ScimException.BadRequest("If-Match names no entity tag; right would be the ETag of the answer as it was sent, such as W/\"3-0\", or *.");
            var tag = (part.StartsWith("W/", StringComparison.OrdinalIgnoreCase) ? part[2..] : part).Trim('"');
            var hyphen = tag.IndexOf('-', StringComparison.Ordinal);
            if (long.TryParse(hyphen < 0 ? tag : tag[..hyphen], out var version)) _versions.Add(version);
        }
    }

    /// <summary>From the header's lines; null when there is none.</summary>
    /// <exception cref="ScimException">400 in strict mode for what is no entity tag.</exception>
    internal static IfMatch? Parse(string? header, bool strict = false) => string.IsNullOrWhiteSpace(header) ? null : new IfMatch(header, strict);

    /// <exception cref="ScimException">412 when the version is not among those seen.</exception>
    internal void Check(long version)
    {
        if (!_any && !_versions.Contains(version))
            throw ScimException.PreconditionFailed($"The resource is at version {version}, which If-Match does not name. Read it again before writing.");
    }
}

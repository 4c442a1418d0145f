using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using NpgsqlTypes;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Users;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>Which requests are asked for. What is null does not matter.</summary>
internal sealed record RequestLogFilter
{
    /// <summary><c>errors</c>, <c>writes</c>, or all.</summary>
    internal string? Kind { get; init; }

    internal string? Action { get; init; }

    /// <summary>A resource type such as <c>Users</c>, or a resource's id.</summary>
    internal string? Resource { get; init; }

    /// <summary>People by id, and the hashes of those who are named otherwise.</summary>
    internal (Guid[] Ids, byte[][] Subjects)? Person { get; init; }

    /// <summary>A token's id, its label, or the last characters of one that is unknown.</summary>
    internal string? Token { get; init; }

    internal string? Provider { get; init; }

    /// <summary>A number, or a class such as <c>4xx</c>.</summary>
    internal string? Status { get; init; }

    internal string? ScimType { get; init; }

    /// <summary>Our request id or the provider's.</summary>
    internal string? RequestId { get; init; }

    internal DateTimeOffset? From { get; init; }

    internal DateTimeOffset? To { get; init; }

    /// <summary>A text within the open columns, or the beginning of a name of whom a request is about.</summary>
    internal string? Text { get; init; }

    /// <summary>Whom the text names as a whole, by hashes.</summary>
    internal byte[][] Named { get; init; } = [];

    internal Cursor? After { get; init; }

    /// <summary>The condition after <c>where tenant_id = …</c>.</summary>
    internal string Sql(SqlParameters parameters)
    {
        var terms = new List<string>();
        if (Kind == "errors") terms.Add("status >= 400");
        if (Kind == "writes") terms.Add("verb in ('POST', 'PUT', 'PATCH', 'DELETE')");
        if (Action is not null) terms.Add($"action = {T(Action)}");
        if (Resource is not null) terms.Add(Guid.TryParse(Resource, out var id) ? $"resource_id = {parameters.Add(id, NpgsqlDbType.Uuid)}" : $"lower(resource_type) = lower({T(Resource)})");
        if (Person is { } person) terms.Add($"(person_id = any({parameters.Add(person.Ids, NpgsqlDbType.Array | NpgsqlDbType.Uuid)}) or subjects && {parameters.Add(person.Subjects, NpgsqlDbType.Array | NpgsqlDbType.Bytea)})");
        if (Token is not null) terms.Add(Guid.TryParse(Token, out var token) ? $"token_id = {parameters.Add(token, NpgsqlDbType.Uuid)}" : $"(token_label = {T(Token)} or token_end = {T(Token)})");
        if (Provider is not null) terms.Add($"lower(provider) = lower({T(Provider)})");
        if (Status is [var first, 'x' or 'X', 'x' or 'X']) terms.Add(string.Create(CultureInfo.InvariantCulture, $"status between {first - '0'}00 and {first - '0'}99"));
        else if (Status is not null) terms.Add($"status = {parameters.Add(short.Parse(Status, CultureInfo.InvariantCulture), NpgsqlDbType.Smallint)}");
        if (ScimType is not null) terms.Add($"scim_type = {T(ScimType)}");
        if (RequestId is not null) terms.Add(Guid.TryParse(RequestId, out var request) ? $"(id = {parameters.Add(request, NpgsqlDbType.Uuid)} and at = {parameters.Add(LogEntry.InstantOf(request), NpgsqlDbType.TimestampTz)} or provider_request = {T(RequestId)})" : $"provider_request = {T(RequestId)}");
        if (From is { } from) terms.Add($"at >= {parameters.Add(from.ToUniversalTime(), NpgsqlDbType.TimestampTz)}");
        if (To is { } to) terms.Add($"at < {parameters.Add(to.ToUniversalTime(), NpgsqlDbType.TimestampTz)}");
        if (Text is not null)
        {
            var like = T($"%{Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%");
            terms.Add($"(route ilike {like} or scim_type ilike {like} or detail_kind ilike {like} or action ilike {like} or provider_request ilike {like} or agent ilike {like} {OfPeople(Text)})");
        }
        if (After is { } after) terms.Add($"(at, id) < ({parameters.Add(after.At, NpgsqlDbType.TimestampTz)}, {parameters.Add(after.Id, NpgsqlDbType.Uuid)})");
        return string.Concat(terms.Select(t => $" and {t}"));

        string T(string text) => parameters.Text(text);

        string OfPeople(string text)
        {
            var key = NamesOfUser.KeyOf(text);
            return $"or subjects && {parameters.Add(Named, NpgsqlDbType.Array | NpgsqlDbType.Bytea)} or person_id in (select k.person_id from directory.known_as k " +
                $"where k.tenant_id = request_log.tenant_id and k.value collate \"C\" >= {T(key)} and k.value collate \"C\" < {T(key + "\U0010FFFF")})";
        }
    }

    /// <summary>Where a page ended.</summary>
    internal sealed record Cursor(DateTimeOffset At, Guid Id)
    {
        public override string ToString()
        {
            Span<byte> bytes = stackalloc byte[24];
            BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
            Id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
            return Base64Url.EncodeToString(bytes);
        }

        internal static Cursor? Parse(string text)
        {
            var bytes = new byte[24];
            if (text.Length != 32 || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != 24) return null;
            var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
            return ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks ? null : new(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes.AsSpan(8), bigEndian: true));
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Scim.Api.Hosting;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Groups;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning;

/// <summary>
/// Reads the body of a group as a stream: elements of arrays that hold members are read one after the other into ids, and
/// never stand in memory together. What remains is an ordinary body, read as one.
/// </summary>
internal sealed class GroupBodyReader
{
    /// <summary>Bytes that the body of a group may have, after decompression.</summary>
    internal const int MaxBytes = 32 << 20;

    readonly ArrayBufferWriter<byte> _rest = new();
    readonly List<MemberArray> _arrays = [];
    readonly string?[] _names = new string?[5]; // the property at each depth; deeper ones say nothing here
    readonly string _mark = $"members:{Guid.NewGuid():N}:"; // nobody can send it
    JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = ScimReader.MaxDepth });
    MemberArray? _open;

    GroupBodyReader() { }

    /// <summary>The body, in which <see cref="NamedMembers"/> stand for long arrays of members.</summary>
    /// <exception cref="ScimException">400; 413; 415.</exception>
    internal static async Task<ScimObject> ReadAsync(HttpContext http)
    {
        ScimBody.CheckType(http.Request);
        if (http.Request.ContentLength > MaxBytes) throw ScimErrors.OfStatus(413);
        try
        {
            return await new GroupBodyReader().Read(http);
        }
        catch (InvalidDataException)
        {
            throw ScimException.InvalidSyntax("The body does not decompress.");
        }
        catch (JsonException e)
        {
            throw ScimException.InvalidSyntax($"The body is not JSON as RFC 8259 defines it, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}, or has more than {ScimReader.MaxDepth} levels.");
        }
    }

    async Task<ScimObject> Read(HttpContext http)
    {
        var pipe = PipeReader.Create(TracedStream.Of(http), new StreamPipeReaderOptions(leaveOpen: true));
        var (total, isLarge, isFirst) = (0L, false, true);
        while (true)
        {
            var read = await pipe.ReadAsync(http.RequestAborted);
            var buffer = read.Buffer;
            if (isFirst && buffer.Length < 3 && !read.IsCompleted)
            {
                pipe.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }
            var begun = isFirst && buffer.Length >= 3 && buffer.Slice(0, 3).ToArray().AsSpan().SequenceEqual(Encoding.UTF8.Preamble) ? buffer.Slice(3) : buffer;
            if (begun.Length < buffer.Length) ScimBody.AcceptMark(http);
            isFirst = false;
            var taken = Take(begun, read.IsCompleted);
            total += buffer.Slice(0, taken).Length;
            if (total > MaxBytes || _rest.WrittenCount > ScimBody.MaxBytes || buffer.Length > ScimBody.MaxBytes) throw ScimErrors.OfStatus(413);
            if (!isLarge && total > ScimBody.SmallBytes)
            {
                http.Response.RegisterForDispose(await http.RequestServices.GetRequiredService<Overload>().EnterLarge(http.RequestAborted));
                isLarge = true;
            }
            pipe.AdvanceTo(taken, buffer.End);
            if (read.IsCompleted) break;
        }
        await pipe.CompleteAsync();
        return Whole(ScimReader.ReadObject(_rest.WrittenSpan));
    }

    // Takes whole tokens, and of an array of members whole elements.
    SequencePosition Take(ReadOnlySequence<byte> buffer, bool isFinal)
    {
        var json = new Utf8JsonReader(buffer, isFinal, _state);
        var copied = 0L;
        while (true)
        {
            var before = json;
            if (isFinal && IsSpace(buffer.Slice(json.BytesConsumed)) || !json.Read()) break;
            if (_open is null) Walk(ref json, buffer, ref copied);
            else if (json.TokenType == JsonTokenType.EndArray)
            {
                (_open, copied) = (null, json.BytesConsumed);
            }
            else
            {
                var start = json.TokenStartIndex;
                if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && !json.TrySkip())
                {
                    json = before;
                    break;
                }
                _open.Add(ScimReader.Read(Bytes(buffer.Slice(start, json.BytesConsumed - start))));
            }
        }
        if (_open is null) Copy(buffer.Slice(copied, json.BytesConsumed - copied));
        _state = json.CurrentState;
        return json.Position;
    }

    void Walk(ref Utf8JsonReader json, ReadOnlySequence<byte> buffer, ref long copied)
    {
        var depth = json.CurrentDepth;
        if (json.TokenType == JsonTokenType.PropertyName && depth < _names.Length) _names[depth] = json.ValueSpan.Length <= 16 || json.HasValueSequence ? json.GetString()!.ToLowerInvariant() : null;
        if (json.TokenType != JsonTokenType.StartArray || !HoldsMembers(depth)) return;
        Copy(buffer.Slice(copied, json.TokenStartIndex - copied));
        _rest.Write(Encoding.ASCII.GetBytes($"\"{_mark}{_arrays.Count}\""));
        _arrays.Add(_open = new MemberArray());
        copied = json.BytesConsumed;
    }

    // members of a group; the value of an operation, and members within it.
    bool HoldsMembers(int depth) => depth switch
    {
        1 => _names[1] == "members",
        2 => _names[1] == "operations" && _names[2] == "value",
        3 => _names[1] == "operations" && _names[3] == "value",
        4 => _names[1] == "operations" && _names[3] == "value" && _names[4] == "members",
        _ => false,
    };

    void Copy(ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes) _rest.Write(part.Span);
    }

    static ReadOnlySpan<byte> Bytes(ReadOnlySequence<byte> bytes) => bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();

    static bool IsSpace(ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes)
            if (part.Span.IndexOfAnyExcept(" \t\r\n"u8) >= 0) return false;
        return true;
    }

    ScimObject Whole(ScimObject body)
    {
        if (Array(body["members"]) is { } members) body = body.With("members", members);
        if (body["Operations"] is ScimArray operations) return body.With("Operations", ScimValue.Of(operations.Items.Select(o => o is ScimObject operation ? Operation(operation) : o)));
        return body["Operations"] is ScimObject one ? body.With("Operations", Operation(one)) : body;
    }

    ScimObject Operation(ScimObject operation)
    {
        if (Array(operation["value"]) is { } values) return operation.With("value", values);
        return operation["value"] is ScimObject value && Array(value["members"]) is { } members ? operation.With("value", value.With("members", members)) : operation;
    }

    ScimValue? Array(ScimValue? value) =>
        value?.AsString is { } text && text.StartsWith(_mark, StringComparison.Ordinal) ? _arrays[int.Parse(text.AsSpan(_mark.Length), System.Globalization.CultureInfo.InvariantCulture)].Value : null;
}

/// <summary>An array that may hold members: as it was sent while it is short, else the members that it names.</summary>
sealed class MemberArray
{
    /// <summary>Elements beyond which an array is read as members.</summary>
    const int Short = 100;

    readonly List<ScimValue> _elements = [];
    NamedMembersBuilder? _members;

    internal void Add(ScimValue element)
    {
        if (_members is null && _elements.Count < Short)
        {
            _elements.Add(element);
            return;
        }
        if (_members is null)
        {
            _members = new NamedMembersBuilder();
            foreach (var former in _elements) _members.Add(former);
            _elements.Clear();
        }
        _members.Add(element);
    }

    internal ScimValue Value => _members is null ? ScimValue.Of(_elements) : _members.Build();
}

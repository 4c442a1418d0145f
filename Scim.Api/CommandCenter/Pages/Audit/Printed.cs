using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.CommandCenter.Pages.Audit;

/// <summary>Values as people read them.</summary>
internal static class Printed
{
    static readonly JsonWriterOptions Indented = ScimJson.WriterOptions with { Indented = true };

    static readonly JsonSerializerOptions IndentedNodes = new() { WriteIndented = true, Encoder = ScimJson.WriterOptions.Encoder };

    /// <summary>As JSON, a member a line.</summary>
    internal static string Json(ScimValue value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <inheritdoc cref="Json(ScimValue)"/>
    internal static string Json(JsonNode node) => node.ToJsonString(IndentedNodes);

    /// <summary>In words; null for nothing.</summary>
    internal static string? Short(ScimValue value) => value.IsUnassigned ? null : ValueWords.InFull(value);
}

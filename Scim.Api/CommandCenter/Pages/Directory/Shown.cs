using System.Text;
using System.Text.Json;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.CommandCenter.Pages.Directory;

/// <summary>Values and links as pages of the directory show them.</summary>
internal static class Shown
{
    const int Longest = 300;

    static readonly JsonWriterOptions Indented = ScimJson.WriterOptions with { Indented = true };

    /// <summary>A value in a line; long ones are cut, their beginning tells them apart; nothing of it is out of sight or turns the direction of writing.</summary>
    internal static string Value(ScimValue? value)
    {
        if (value is null || value.IsUnassigned) return "nothing";
        return Wording.Plain(ValueWords.InFull(value), Longest);
    }

    /// <summary>The value as JSON over several lines.</summary>
    internal static string Json(ScimValue value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>What an attribute is called, in words.</summary>
    internal static string Attribute(string path) => path switch { "suspended" => "suspension", "access" => "access", _ => AttributeWords.Of(path) };

    internal static string Event(string id) => $"/audit/events/{id}";

    internal static string Request(string id) => $"/audit/requests/{id}";
}

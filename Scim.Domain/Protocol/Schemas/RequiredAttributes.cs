namespace Scim.Domain.Protocol.Schemas;

/// <summary>RFC 7643 §2.2: what a resource must have, and what each extension and complex value must have that it has.</summary>
static class RequiredAttributes
{
    /// <summary>Checks a whole resource.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>, naming the first that is missing.</exception>
    internal static void Check(ResourceDraft draft, ResourceType type)
    {
        Check(draft, null, type.Schema);
        foreach (var (schema, required) in type.Extensions)
        {
            if (draft.Has(schema)) Check(draft, schema, schema);
            else if (required) throw ScimException.InvalidValue($"The extension {schema.Id} is required and missing.");
        }
    }

    /// <summary>The same for the attributes of one schema.</summary>
    /// <param name="extension">The schema when it is an extension, null when it is the core.</param>
    internal static void Check(ResourceDraft draft, Schema? extension, Schema schema)
    {
        foreach (var attribute in schema.Attributes)
        {
            if (ValueReader.IsIgnored(attribute)) continue;
            var path = new ResolvedPath(extension, attribute, null);
            if (draft[extension, attribute] is { } value) ValueReader.CheckRequired(attribute, value, path.ToString());
            else if (attribute.Required) throw ScimException.InvalidValue($"{path} is required and missing.");
        }
    }
}

using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>A resource while it is put together: values are set by their definitions, in the core or in an extension.</summary>
sealed class ResourceDraft(ScimObject resource, ResourceType type)
{
    ScimObject _resource = resource;

    /// <summary>The value of an attribute; null when unassigned. An extension without a value is absent.</summary>
    internal ScimValue? this[Schema? extension, AttributeDefinition attribute]
    {
        get => Holder(extension)?[attribute.Name];
        set
        {
            var holder = Holder(extension) ?? ScimObject.Empty;
            holder = value is null ? holder.Without(attribute.Name) : holder.With(attribute.Name, value);
            if (extension is null) _resource = holder;
            else _resource = holder.Members.IsEmpty ? _resource.Without(extension.Id) : _resource.With(extension.Id, holder);
        }
    }

    /// <summary>Whether any attribute of the extension has a value.</summary>
    internal bool Has(Schema extension) => Holder(extension) is not null;

    /// <summary>Unassigns all that the extension holds.</summary>
    internal void Remove(Schema extension) => _resource = _resource.Without(extension.Id);

    /// <summary>The resource in the schema's order.</summary>
    internal ScimObject ToResource() => SchemaOrder.Arrange(_resource, type);

    ScimObject? Holder(Schema? extension) => extension is null ? _resource : _resource[extension.Id] as ScimObject;
}

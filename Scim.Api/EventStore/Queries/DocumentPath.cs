using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// Where values stand in JSON: in the row's document, or in one element of an array of it. <c>Match</c> holds keys,
/// <c>Exact</c> what is answered; both have the same shape.
/// </summary>
readonly record struct DocumentPath(string Match, string Exact)
{
    /// <summary>The document of the row.</summary>
    internal static DocumentPath Row { get; } = new("d.data->'match'", "d.data->'resource'");

    /// <summary>The member of that name.</summary>
    internal DocumentPath this[string name] => new($"{Match}->{Literal(name)}", $"{Exact}->{Literal(name)}");

    /// <summary>The JSON where the attribute's values compare: without case there are keys; dates are never keys.</summary>
    internal string For(AttributeDefinition leaf) => IsExact(leaf) ? Exact : Match;

    internal static bool IsExact(AttributeDefinition leaf) => leaf.CaseExact || leaf.Type is AttributeType.DateTime or AttributeType.Binary;

    // Names belong to schemas, which an organization's admin may write.
    static string Literal(string name) => $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}

using System.Collections.Immutable;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Patch;

/// <summary>
/// The body of a PATCH, RFC 7644 §3.5.2. Reading it is the only place that forgives, by named repairs; what is read is
/// strict and is applied whole or not at all.
/// </summary>
public sealed class PatchRequest
{
    /// <summary>The URN of the message.</summary>
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    /// <summary>Operations that a request may have.</summary>
    public const int MaxOperations = 1000;

    readonly ResourceType _type;
    readonly Notes _notes;

    PatchRequest(ImmutableArray<PatchOperation> operations, ResourceType type, Notes notes) =>
        (Operations, _type, _notes) = (operations, type, notes);

    /// <summary>The operations in order; empty when all that was sent is ignored by rule, as a password is.</summary>
    public ImmutableArray<PatchOperation> Operations { get; }

    /// <summary>Reads a body.</summary>
    /// <exception cref="ScimException">
    /// 400 <c>invalidValue</c> without operations: RFC 7644 §3.12 gives <c>invalidSyntax</c> to POST and PUT only; 400
    /// <c>invalidPath</c> when all of it names attributes that no schema knows, since success that did nothing hides the fault.
    /// </exception>
    public static PatchRequest Parse(ScimObject body, ResourceType type, Notes notes) => Parse(body, type, notes, null);

    internal static PatchRequest Parse(ScimObject body, ResourceType type, Notes notes, ApartReader? apart)
    {
        CheckUrn(body, notes);
        var values = new ValueReader(notes);
        var reader = new PatchReader(type, values, notes, apart);
        foreach (var operation in OperationsOf(body, notes)) reader.Read(operation);
        if (values is { Known: 0, FirstUnknown: { } unknown })
            throw ScimException.InvalidPath($"Nothing of the PATCH applies: no schema of {type.Name} knows {Shown(unknown)}; /Schemas lists what they know.");
        return new PatchRequest(reader.Operations, type, notes);
    }

    /// <summary>The resource after all operations, each seeing what the former made.</summary>
    /// <param name="stored">The stored form of the resource; it stays as it is.</param>
    /// <returns><paramref name="stored"/> itself when nothing changes.</returns>
    /// <exception cref="ScimException">400; then nothing is applied.</exception>
    public ScimObject Apply(ScimObject stored)
    {
        var run = new PatchRun(stored, _type, _notes);
        foreach (var operation in Operations) run.Apply(operation);
        var patched = run.Finish();
        return patched.Equals(stored) ? stored : patched;
    }

    static void CheckUrn(ScimObject body, Notes notes)
    {
        var urns = body["schemas"] is ScimArray array ? array.Items : [body["schemas"] ?? ScimValue.Null];
        if (body["schemas"] is { IsUnassigned: false } and not ScimArray) Repairs.SingleForMany.Note(notes, "schemas is multi-valued; right would be an array.");
        if (!urns.Any(u => string.Equals(u.AsString, Urn, StringComparison.OrdinalIgnoreCase)))
            Repairs.PatchUrnMissing.Note(notes, $"schemas lacks {Urn}.");
        foreach (var (name, value) in body.Members)
            if (!name.Equals("schemas", StringComparison.OrdinalIgnoreCase) && !name.Equals("Operations", StringComparison.OrdinalIgnoreCase)) notes.Unknown(name, value);
    }

    static IEnumerable<ScimObject> OperationsOf(ScimObject body, Notes notes)
    {
        var sent = body["Operations"];
        if (sent is ScimObject { Members.IsEmpty: false })
        {
            Repairs.ObjectForOperations.Note(notes, "Operations is an array; right would be an array of the one operation.");
            sent = ScimValue.Of(sent);
        }
        if (sent is not ScimArray { Items: { IsEmpty: false } items })
            throw ScimException.InvalidValue("Operations is missing or empty; a PATCH has at least one operation.");
        if (items.Length > MaxOperations) throw TooMany();
        return items.Select(i => i as ScimObject ?? throw ScimException.InvalidValue("An operation is an object such as {\"op\":\"replace\",\"path\":\"active\",\"value\":false}."));
    }

    internal static ScimException TooMany() => ScimException.TooMany($"The PATCH has more than {MaxOperations} operations; send several.");

    static string Shown(string name) => AttributeNames.IsWellFormed(name) && name.Length <= 128 ? $"\"{name}\"" : "a name that is none";
}

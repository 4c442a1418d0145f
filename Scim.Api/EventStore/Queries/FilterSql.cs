using System.Globalization;
using NpgsqlTypes;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// The filter language in SQL, for a <c>where</c> on rows of alias <c>d</c>. It means what the evaluator in memory means;
/// one case table holds both to it. The text is made of schema names and placeholders only.
/// </summary>
/// <remarks>
/// A comparison with an absent value is null, which <c>where</c>, <c>and</c> and <c>or</c> treat as false; <c>not</c> alone
/// would not, so what it negates is made false first.
/// </remarks>
sealed class FilterSql
{
    readonly CheckedFilter _filter;
    readonly ResourceColumns _columns;
    readonly SqlParameters _parameters;
    int _aliases;

    FilterSql(CheckedFilter filter, ResourceColumns columns, SqlParameters parameters) =>
        (_filter, _columns, _parameters) = (filter, columns, parameters);

    /// <summary>The condition of the filter; its values are added to the parameters.</summary>
    internal static string Where(CheckedFilter filter, ResourceColumns columns, SqlParameters parameters) =>
        new FilterSql(filter, columns, parameters).Resource(filter.Root);

    string Resource(Test test) => test switch
    {
        AllOf all => $"({string.Join(" and ", all.Terms.Select(Resource))})",
        AnyOf any => $"({string.Join(" or ", any.Terms.Select(Resource))})",
        NotTest not => $"not coalesce({Resource(not.Term)}, false)",
        Always always => always.Holds ? "true" : "false",
        PresentTest { Path: var path } => IsSchemas(path) ? "true" : Present(path),
        ElementTest { Path: var path } element => IsSchemas(path) ? Schemas(test) : Element(element),
        ValueTest { Path: var path } value => IsSchemas(path) ? Schemas(test) : Compare(value),
        _ => throw new InvalidOperationException($"{test.GetType().Name} is no test."),
    };

    static bool IsSchemas(ResolvedPath path) => path.Attribute == CommonAttributes.Schemas;

    // The URNs of a type are few and known: which of them match is decided here, whether they are there by the row.
    string Schemas(Test test)
    {
        var matching = _filter.Type.Extensions.Select(e => e.Schema.Id).Prepend(_filter.Type.Schema.Id)
            .Where(urn => FilterEvaluator.Matches(_filter with { Root = test }, ScimValue.Of(("schemas", ScimValue.Of(ScimValue.Of(urn))))))
            .Select(urn => urn == _filter.Type.Schema.Id ? "true" : $"{DocumentPath.Row[urn].Match} is not null").ToList();
        return matching.Count == 0 ? "false" : $"({string.Join(" or ", matching)})";
    }

    string Present(ResolvedPath path)
    {
        var name = path.ToString();
        if (path.Attribute == CommonAttributes.Id || name == "meta" || _columns.Time(name) is not null) return "true";
        if (_columns.Text(name) is { } text) return $"{text(_parameters).Sql} is not null";
        if (path.Attribute is null) return $"{RootOf(path).Match} is not null";
        if (!path.Attribute.MultiValued) return path.Sub is null ? $"coalesce({RootOf(path).Match}, '[]'::jsonb) <> '[]'::jsonb" : $"{RootOf(path)[path.Sub.Name].Match} is not null";
        var elements = Elements(path);
        return path.Sub is null ? $"not {elements.AreNone}" : Exists(elements, e => $"{e[path.Sub.Name].Match} is not null");
    }

    string Compare(ValueTest test)
    {
        var path = test.Path;
        var name = path.ToString();
        if (path.Attribute == CommonAttributes.Id) return Id(test);
        if (_columns.Time(name) is { } time) return $"{time} {TextColumn.SqlOperator(test.Operator)} {Instant(test)}";
        if (_columns.Text(name) is { } text) return text(_parameters).Compare(test.Operator, test.Literal.AsString!, _parameters);
        if (!path.Attribute!.MultiValued) return Value(test, path.Sub is null ? RootOf(path) : RootOf(path)[path.Sub.Name]);

        DocumentPath Leaf(DocumentPath element) => path.Sub is null ? element : element[path.Sub.Name];
        var elements = Elements(path);
        if (test.Operator == FilterOperator.Ne) return $"({elements.AreNone} or {Exists(elements, e => Value(test, Leaf(e)))})";
        var relative = path.Sub is null ? test : test with { Path = new ResolvedPath(null, path.Sub, null) };
        return Narrowed(path, relative, () => Exists(elements, e => Value(test, Leaf(e))));
    }

    string Element(ElementTest test) =>
        Narrowed(test.Path, test.Inner, () => Exists(Elements(test.Path), e => Within(test.Inner, e, test.Path.Attribute!)));

    // Tests relative to one element.
    string Within(Test test, DocumentPath element, AttributeDefinition attribute)
    {
        DocumentPath At(ResolvedPath path) => attribute.Type == AttributeType.Complex ? element[path.Attribute!.Name] : element;
        return test switch
        {
            AllOf all => $"({string.Join(" and ", all.Terms.Select(t => Within(t, element, attribute)))})",
            AnyOf any => $"({string.Join(" or ", any.Terms.Select(t => Within(t, element, attribute)))})",
            NotTest not => $"not coalesce({Within(not.Term, element, attribute)}, false)",
            Always always => always.Holds ? "true" : "false",
            PresentTest present => $"{At(present.Path).Match} is not null",
            ValueTest value => Value(value, At(value.Path)),
            _ => throw new InvalidOperationException($"{test.GetType().Name} cannot stand in an element."),
        };
    }

    // What one element must equal is asked first of an index; the rest is asked of the elements.
    string Narrowed(ResolvedPath path, Test inner, Func<string> exists)
    {
        var terms = inner is AllOf all ? [.. all.Terms] : new[] { inner };
        if (Derived(path) is { } derived) return Joined(derived, terms, exists);
        var equal = terms.OfType<ValueTest>().Where(Contained.Serves).DistinctBy(t => t.Path.Attribute!.Name).ToList();
        if (equal.Count == 0) return exists();
        var contained = $"{RootOf(path).Match} @> {_parameters.Json(Contained.Pattern(equal, path.Attribute!))}";
        return equal.Count == terms.Length && equal.TrueForAll(Contained.Decides) ? contained : $"({contained} and {exists()})";
    }

    // An id that is none of ours in form belongs to nothing.
    string Joined(DerivedElements derived, Test[] terms, Func<string> exists)
    {
        if (terms.OfType<ValueTest>().FirstOrDefault(t => t.Operator == FilterOperator.Eq && t.Path.Attribute!.Name == "value") is not { } value) return exists();
        if (IdIn(value.Literal.AsString!) is not { } id) return "false";
        var holders = $"d.id in ({derived.HoldersOf(_parameters, id)})";
        return terms.Length == 1 ? holders : $"({holders} and {exists()})";
    }

    string Value(ValueTest test, DocumentPath at)
    {
        var json = at.For(test.Leaf);
        var op = TextColumnOperator(test);
        return test.Literal switch
        {
            ScimString text => new TextColumn($"{json} #>> '{{}}'").Compare(test.Operator, text.Value, _parameters),
            ScimNumber number => $"case when jsonb_typeof({json}) = 'number' then ({json})::numeric end {op} {_parameters.Add(number.Value, NpgsqlDbType.Numeric)}",
            _ => $"({json}) {op} '{test.Literal}'::jsonb",
        };
    }

    static string TextColumnOperator(ValueTest test) => test.Literal is ScimString ? "" : TextColumn.SqlOperator(test.Operator);

    // An id that is none of ours in form belongs to nobody.
    string Id(ValueTest test)
    {
        var text = test.Literal.AsString!;
        if (test.Operator != FilterOperator.Eq) return new TextColumn("d.id::text").Compare(test.Operator, text, _parameters);
        return IdIn(text) is { } id ? $"d.id = {_parameters.Add(id, NpgsqlDbType.Uuid)}" : "false";
    }

    static Guid? IdIn(string text) => Guid.TryParseExact(text, "D", out var id) && id.ToString() == text ? id : null;

    string Instant(ValueTest test)
    {
        var instant = DateTimeOffset.Parse(test.Literal.AsString!, CultureInfo.InvariantCulture);
        return _parameters.Add(instant.UtcDateTime, NpgsqlDbType.TimestampTz);
    }

    DerivedElements? Derived(ResolvedPath path) => path.Extension is null ? _columns.Derived(path.Attribute!.Name) : null;

    ElementRows Elements(ResolvedPath path) => ElementRows.Of(path, _columns, _parameters);

    /// <summary>Where the attribute's own value stands in the document.</summary>
    internal static DocumentPath RootOf(ResolvedPath path)
    {
        var holder = path.Extension is null ? DocumentPath.Row : DocumentPath.Row[path.Extension.Id];
        return path.Attribute is null ? holder : holder[path.Attribute.Name];
    }

    string Exists(ElementRows elements, Func<DocumentPath, string> condition)
    {
        var alias = $"e{++_aliases}";
        return $"exists (select 1 from {elements.As(alias)} where {condition(new DocumentPath($"{alias}.m", $"{alias}.x"))})";
    }
}

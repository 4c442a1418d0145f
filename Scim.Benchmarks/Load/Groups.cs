using System.Text;

namespace Scim.Benchmarks.Load;

/// <summary>What is measured of a group; each for groups of several sizes.</summary>
internal enum GroupOperation { AddOrRemoveOne, PutSame, PutLessTen, Get, GetWithoutMembers, PageOfPeople }

/// <summary>Groups as the clients know them: of each size one that is changed by one member at a time, and one that is read and put.</summary>
internal sealed class Groups(People people)
{
    /// <summary>People of the first page, and the groups that each of them is in.</summary>
    internal const int OnPage = 100, OfEach = 20;

    readonly Dictionary<int, Guid> _changed = [];
    readonly Dictionary<int, (Guid Id, byte[][] Bodies)> _put = [];
    readonly Dictionary<int, int> _puts = [], _moves = [];

    /// <summary>The ids of the groups that are put, by their size.</summary>
    internal Dictionary<int, Guid> Ids => _put.ToDictionary(p => p.Key, p => p.Value.Id);

    internal async Task Make(IReadOnlyList<int> sizes)
    {
        foreach (var size in sizes)
        {
            if (size > people.Ids.Count - 1000) throw new InvalidOperationException($"A group of {size} needs {size + 1000} people.");
            var all = Enumerable.Range(0, size).ToArray();
            _changed[size] = await people.NewGroup(Body($"Changed {size}", all));
            byte[][] bodies = [Body($"Put {size}", all), Body($"Put {size}", all[Math.Min(10, size - 1)..])];
            _put[size] = (await people.NewGroup(bodies[0]), bodies);
        }
        if (sizes.Count > 0)
            for (var i = 0; i < OfEach; i++) await people.NewGroup(Body($"Page {i}", [.. Enumerable.Range(0, OnPage)]));
    }

    /// <summary>The body that the operation sends, for the bare endpoint to read.</summary>
    internal byte[]? BodyOf(GroupOperation operation, int size) => operation switch
    {
        GroupOperation.PutSame or GroupOperation.PutLessTen => _put[size].Bodies[0],
        GroupOperation.AddOrRemoveOne => Change("add", people.Ids[0]),
        _ => null,
    };

    internal Task Send(GroupOperation operation, int size) => operation switch
    {
        GroupOperation.AddOrRemoveOne => people.Ask(HttpMethod.Patch, $"Groups/{_changed[size]}", Next(size), 204),
        GroupOperation.PutSame => people.Ask(HttpMethod.Put, $"Groups/{_put[size].Id}", _put[size].Bodies[_puts.GetValueOrDefault(size) % 2], 200),
        GroupOperation.PutLessTen => people.Ask(HttpMethod.Put, $"Groups/{_put[size].Id}?excludedAttributes=members", _put[size].Bodies[(_puts[size] = _puts.GetValueOrDefault(size) + 1) % 2], 200),
        GroupOperation.Get => people.Ask(HttpMethod.Get, $"Groups/{_put[size].Id}", null, 200),
        GroupOperation.GetWithoutMembers => people.Ask(HttpMethod.Get, $"Groups/{_put[size].Id}?excludedAttributes=members", null, 200),
        GroupOperation.PageOfPeople => people.Ask(HttpMethod.Get, $"Users?count={OnPage}", null, 200),
        _ => throw new InvalidOperationException($"{operation} is not known."),
    };

    // Somebody comes and goes, then the next.
    byte[] Next(int size)
    {
        var count = _moves[size] = _moves.GetValueOrDefault(size) + 1;
        return Change(count % 2 == 1 ? "add" : "remove", people.Ids[size + (count - 1) / 2 % 1000]);
    }

    static byte[] Change(string op, Guid member) => Encoding.UTF8.GetBytes(op == "add"
        ? $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"{{member}}"}]}]}"""
        : $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"{{member}}\"]"}]}""");

    byte[] Body(string name, int[] members)
    {
        var body = new StringBuilder($$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{{name}}","members":[""");
        for (var i = 0; i < members.Length; i++) body.Append(i == 0 ? "" : ",").Append("{\"value\":\"").Append(people.Ids[members[i]]).Append("\"}");
        return Encoding.UTF8.GetBytes(body.Append("]}").ToString());
    }
}

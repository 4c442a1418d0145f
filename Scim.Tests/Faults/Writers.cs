using System.Collections.Concurrent;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>
/// Writers of one organization, each with people of its own, all after the same few userNames and at the same few groups.
/// The seed decides what each does; what is done between them is the machine's.
/// </summary>
internal sealed class Writers(Provider provider, int count, int seed)
{
    const int ContestedNames = 4, Groups = 6;

    readonly ConcurrentDictionary<Guid, byte> _groups = new();

    long _acknowledged;

    /// <summary>Changes that were acknowledged so far.</summary>
    internal long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>
    /// Works until it is enough; each ends with the operation that it is at. A run of every day leaves the processors to
    /// what is started and stopped meanwhile.
    /// </summary>
    internal Task Run(CancellationToken enough) => Run(TimeSpan.FromMilliseconds(TestRun.Of(60, 0)), enough);

    /// <summary>The same with a pause between the operations of one writer.</summary>
    internal Task Run(TimeSpan pause, CancellationToken enough) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(n => Task.Run(() => new Writer(this, n, seed).Run(pause, enough), CancellationToken.None)));

    sealed class Writer(Writers all, int number, int seed)
    {
        readonly Random _random = new(seed * 1000 + number);
        readonly string _name = $"writer {number}";
        readonly List<Person> _people = [];
        int _made, _titles;

        sealed record Person(Guid Id, string UserName);

        internal async Task Run(TimeSpan pause, CancellationToken enough)
        {
            while (!enough.IsCancellationRequested)
            {
                await (_people.Count == 0 ? Create(enough) : _random.Next(5) == 0 ? Group() : _random.Next(100) switch
                {
                    < 25 => Create(enough),
                    < 45 => Patch($$"""{"op":"replace","path":"title","value":"title {{++_titles}}"}""", new Wish(Title: $"title {_titles}")),
                    < 57 => Activate(),
                    < 67 => Put(),
                    < 72 => Manage(),
                    < 80 => Rename(),
                    < 86 => ComeBack(),
                    < 92 => Delete(),
                    _ => Read(),
                });
                if (pause > TimeSpan.Zero) await Task.Delay(pause, CancellationToken.None);
            }
        }

        // As Okta does when it has no answer: it looks, then creates.
        async Task Create(CancellationToken enough)
        {
            var userName = $"person-{number}-{++_made}@example.com";
            for (var attempt = 0; attempt < 20; attempt++)
            {
                var (entry, answer) = await Send(HttpMethod.Post, "Users", new Wish(userName, Active: true), $$"""{"userName":"{{userName}}","active":true}""");
                if (entry?.Person is { } made)
                {
                    _people.Add(new(made, userName));
                    return;
                }
                if (answer?.Status is not (null or 503 or 409) || enough.IsCancellationRequested) return;
                var found = await Send(HttpMethod.Get, $"Users?filter=userName%20eq%20%22{userName}%22", null);
                if (found.Answer is not { Status: 200, Total: 1 }) continue;
                _people.Add(new(Guid.Parse(found.Answer.Resources[0]["id"]!.AsString!), userName));
                return;
            }
        }

        Task Activate()
        {
            var active = _random.Next(2) == 0;
            return Patch($$"""{"op":"replace","path":"active","value":{{(active ? "true" : "false")}}}""", new Wish(Active: active));
        }

        Task Manage()
        {
            var manager = _people[_random.Next(_people.Count)].Id;
            return Patch($$$"""{"op":"replace","path":"{{{EnterpriseUserSchema.Urn}}}:manager","value":{"value":"{{{manager}}}"}}""", new Wish(Manager: manager));
        }

        Task Rename()
        {
            var name = $"contested-{_random.Next(ContestedNames)}@example.com";
            return Patch($$"""{"op":"replace","path":"userName","value":"{{name}}"}""", new Wish(name));
        }

        async Task Patch(string operation, Wish wish)
        {
            var at = _random.Next(_people.Count);
            var (_, answer) = await Send(HttpMethod.Patch, $"Users/{_people[at].Id}", wish, Provider.Patch(operation));
            await Follow(at, answer);
        }

        async Task Put()
        {
            var at = _random.Next(_people.Count);
            var (userName, title) = (_people[at].UserName, $"title {++_titles}");
            var (_, answer) = await Send(HttpMethod.Put, $"Users/{_people[at].Id}", new Wish(userName, title, true), $$"""{"userName":"{{userName}}","title":"{{title}}","active":true}""");
            await Follow(at, answer);
        }

        // Assigned again: a POST of somebody who was deactivated.
        async Task ComeBack()
        {
            var at = _random.Next(_people.Count);
            var (id, userName) = _people[at];
            var (_, answer) = await Send(HttpMethod.Patch, $"Users/{id}", new Wish(Active: false), Provider.Patch("""{"op":"replace","path":"active","value":false}"""));
            if (answer?.Status == 200) await Send(HttpMethod.Post, "Users", new Wish(userName, Active: true), $$"""{"userName":"{{userName}}","active":true}""");
            await Follow(at, answer);
        }

        async Task Delete()
        {
            var at = _random.Next(_people.Count);
            var (_, answer) = await Send(HttpMethod.Delete, $"Users/{_people[at].Id}", new Wish());
            if (answer?.Status is 204 or 404) _people.RemoveAt(at);
            else await Follow(at, answer);
        }

        // Anybody's group, by anybody: of two at once each finds what the other made of it.
        async Task Group()
        {
            var (person, name) = (_people[_random.Next(_people.Count)].Id, $"group {_random.Next(2 * Groups)}");
            var groups = all._groups.Keys.Order().ToArray();
            if (groups.Length < 2 || _random.Next(Groups) > groups.Length)
            {
                var made = await Send(HttpMethod.Post, "Groups", new GroupWish(name, Joins: person), Named(name, person));
                if (made.Entry?.Group is { } id) all._groups[id] = 0;
                return;
            }
            var (group, inner) = (groups[_random.Next(groups.Length)], groups[_random.Next(groups.Length)]);
            var (_, answer) = await (_random.Next(20) switch
            {
                < 7 => Send(HttpMethod.Patch, $"Groups/{group}", new GroupWish(Joins: person), Adds(person)),
                < 11 => Send(HttpMethod.Patch, $"Groups/{group}", new GroupWish(Leaves: person), Provider.Patch($$"""{"op":"remove","path":"members[value eq \"{{person}}\"]"}""")),
                < 13 when inner != group => Send(HttpMethod.Patch, $"Groups/{group}", new GroupWish(Joins: inner), Adds(inner)),
                < 15 => Send(HttpMethod.Patch, $"Groups/{group}", new GroupWish(name), Provider.Patch($$"""{"op":"replace","path":"displayName","value":"{{name}}"}""")),
                < 17 => Send(HttpMethod.Put, $"Groups/{group}", new GroupWish(name, Joins: person), Named(name, person)),
                17 => Send(HttpMethod.Delete, $"Groups/{group}", new GroupWish()),
                _ => Send(HttpMethod.Get, $"Groups/{group}", null),
            });
            if (answer?.Status is 404 || answer?.Status is 204 && answer.ETag is null) all._groups.TryRemove(group, out _);
        }

        static string Named(string name, Guid member) => $$"""{"displayName":"{{name}}","members":[{"value":"{{member}}"}]}""";

        static string Adds(Guid member) => Provider.Patch($$"""{"op":"add","path":"members","value":[{"value":"{{member}}"}]}""");

        async Task Read() => await Send(HttpMethod.Get, $"Users/{_people[_random.Next(_people.Count)].Id}", null);

        // What came of it is looked up when nobody said.
        async Task Follow(int at, Answer? answer)
        {
            if (answer?.Status is null or 503) (_, answer) = await Send(HttpMethod.Get, $"Users/{_people[at].Id}", null);
            if (answer?.Status == 404) _people.RemoveAt(at);
            else if (answer?.Status == 200 && answer.Body!["userName"]?.AsString is { } userName) _people[at] = _people[at] with { UserName = userName };
        }

        async Task<(Entry? Entry, Answer? Answer)> Send(HttpMethod verb, string path, IWish? wish, string? body = null)
        {
            var sent = await all.Send(_name, verb, path, wish, body);
            if (sent.Answer?.Status is null or 503) await Task.Delay(sent.Answer is null ? _random.Next(100, 400) : _random.Next(20, 100), CancellationToken.None);
            return sent;
        }
    }

    async Task<(Entry? Entry, Answer? Answer)> Send(string writer, HttpMethod verb, string path, IWish? wish, string? body)
    {
        var sent = await provider.Send(writer, verb, path, wish, body);
        if (sent.Entry is { Outcome: Outcome.Acked, IsWrite: true }) Interlocked.Increment(ref _acknowledged);
        return sent;
    }
}

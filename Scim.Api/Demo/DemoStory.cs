namespace Scim.Api.Demo;

/// <summary>What somebody does in Okta that Okta then tells us.</summary>
internal enum DemoAct
{
    /// <summary>Assigns a person to the app.</summary>
    Assign,

    /// <summary>Changes a person's profile.</summary>
    Update,

    /// <summary>Takes the app from a person.</summary>
    Unassign,

    /// <summary>Gives it back to a person.</summary>
    Reassign,

    /// <summary>Pushes a profile that has not changed.</summary>
    Repeat,

    /// <summary>Assigns a person who has no address, which nobody can store.</summary>
    AssignNameless,
}

/// <summary>One act, and the person as they are after it.</summary>
internal sealed record DemoDeed(DemoAct Act, DemoPerson Person);

/// <summary>A day, from its first deed to its last.</summary>
internal sealed record DemoDay(DateTimeOffset Begin, DateTimeOffset End, IReadOnlyList<DemoDeed> Deeds);

/// <summary>
/// Ninety days of a company in Okta: everybody assigned on the first, then on every working day some who come, move, marry, leave
/// or return, and what goes wrong. The same from the same numbers, whatever becomes of it.
/// </summary>
/// <param name="people">How many there are at the end.</param>
internal sealed class DemoStory(int people, int days, DateTimeOffset now)
{
    readonly Random _random = new(2026);
    readonly Dictionary<int, DemoPerson> _active = [], _left = [];

    /// <summary>Where the story begins: in the morning of its first day.</summary>
    internal DateTimeOffset Begin => Morning(days);

    /// <summary>The days in their order; the last ends a minute before now.</summary>
    internal IEnumerable<DemoDay> Days()
    {
        var drawn = new DemoPeople(_random);
        var later = Math.Max(days / 2, people * 15 / 100);
        yield return Day(days, [.. Enumerable.Range(0, people - later).Select(_ => Assign(drawn.Next()))]);

        // Someone was hired under an address that somebody has, and it was mended; of two who came lately one has none, until
        // today, and one has that of a namesake.
        var (mended, nameless, namesake) = (drawn.Next(), drawn.Next(), drawn.Next());
        for (var left = days - 1; left >= 0; left--)
        {
            var deeds = new List<DemoDeed>();
            if (left > 0 && Morning(left).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            var coming = left == 0 ? later - 2 : Math.Min(later - 2, (int)Math.Ceiling((later - 2) / (double)left / 5 * 7 * (0.6 + 0.8 * _random.NextDouble())));
            for (; coming > 0; coming--, later--) deeds.Add(Assign(drawn.Next()));
            Change(drawn, deeds, left);
            if (left is > 55 and < 60) deeds.Add(new(DemoAct.Assign, mended with { UserName = Somebody().UserName }));
            if (left is 50 or 51 or 52 && !_active.ContainsKey(mended.Number)) deeds.Add(Assign(mended));
            if (left <= 6) deeds.Add(new(DemoAct.AssignNameless, nameless with { UserName = "" }));
            if (left == 0) deeds.Add(Assign(nameless));
            if (left <= 3) deeds.Add(new(DemoAct.Assign, namesake with { UserName = _active.Values.First().UserName }));
            yield return Day(left, deeds);
        }
    }

    void Change(DemoPeople drawn, List<DemoDeed> deeds, int left)
    {
        var busy = deeds.Select(d => d.Person.Number).ToHashSet();
        for (var n = Some(people / 500.0); n > 0; n--) Do(DemoAct.Update, drawn.Moved);
        if (_random.Next(4) == 0) Do(DemoAct.Update, drawn.Married);
        for (var n = Some(people / 1000.0); n > 0; n--) Do(DemoAct.Unassign, p => p);
        if (Morning(left).DayOfWeek == DayOfWeek.Monday)
            for (var n = Some(people / 80.0); n > 0; n--) Do(DemoAct.Repeat, p => p);
        if (_left.Count > 5 && _random.Next(6) == 0)
        {
            var back = _left.Values.ElementAt(_random.Next(_left.Count));
            if (!busy.Add(back.Number)) return;
            _left.Remove(back.Number);
            deeds.Add(new(DemoAct.Reassign, _active[back.Number] = back));
        }

        void Do(DemoAct act, Func<DemoPerson, DemoPerson> change)
        {
            var person = Somebody();
            if (!busy.Add(person.Number)) return;
            var changed = change(person);
            if (act is DemoAct.Unassign && _active.Remove(person.Number)) _left[person.Number] = changed;
            else _active[person.Number] = changed;
            deeds.Add(new(act, changed));
        }
    }

    DemoDeed Assign(DemoPerson person) => new(DemoAct.Assign, _active[person.Number] = person);

    DemoPerson Somebody() => _active.Values.ElementAt(_random.Next(_active.Count));

    // About so many.
    int Some(double mean) => (int)(mean * 2 * _random.NextDouble() + _random.NextDouble());

    DateTimeOffset Morning(int left) => left == 0 ? now.AddMinutes(-20) : new DateTimeOffset(now.UtcDateTime.Date.AddDays(-left), TimeSpan.Zero).AddHours(8.5);

    DemoDay Day(int left, IReadOnlyList<DemoDeed> deeds) => new(Morning(left), left == 0 ? now.AddMinutes(-1) : Morning(left).AddHours(8), deeds);
}

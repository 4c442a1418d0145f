using System.Collections.Immutable;
using System.Globalization;

namespace Scim.Api.Demo;

/// <summary>Somebody who is made up, as Okta's directory has them.</summary>
/// <remarks>Example: Ines Moreau, <c>ines.moreau@lumen.example</c>, Tour Lead in Guides, Lisbon.</remarks>
internal sealed record DemoPerson(int Number, string GivenName, string FamilyName, string UserName, string Title, string Department, string Office, ImmutableSortedSet<string> Groups)
{
    internal string DisplayName => $"{GivenName} {FamilyName}";

    /// <summary>Okta's own id for them.</summary>
    internal string ExternalId => $"00u{Number:D6}lumenDemo5d7";
}

/// <summary>Draws people, always the same ones from the same seed: names of many languages, a department, an office, groups.</summary>
internal sealed class DemoPeople(Random random)
{
    const int Unnumbered = 50;

    internal const string Everyone = "Everyone at Lumen";

    static readonly string[] Given =
    [
        "Ada", "Amara", "Anders", "Aoife", "Asha", "Beatriz", "Bilal", "Björn", "Camille", "Chidi", "Clara", "Dario", "Dina", "Edith", "Elif", "Emeka", "Fatima", "Finn", "Freya", "Gael",
        "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jamal", "Jana", "João", "Kaito", "Karin", "Kofi", "Lars", "Leila", "Liam", "Lucía", "Magnus", "Maja", "Marek", "Mei", "Milan", "Mira",
        "Nadia", "Noor", "Olga", "Omar", "Pavel", "Pia", "Priya", "Rafael", "Rosa", "Ruth", "Sami", "Sara", "Søren", "Tariq", "Tomás", "Uma", "Vera", "Wanda", "Yara", "Yusuf", "Zoë",
    ];

    static readonly string[] Family =
    [
        "Abara", "Almeida", "Andersson", "Aydın", "Bauer", "Bell", "Berger", "Bianchi", "Brandt", "Castro", "Chen", "Costa", "Dahl", "Demir", "Dubois", "Eriksen", "Farkas", "Fernández", "Fischer", "Fontaine",
        "García", "Gruber", "Haddad", "Hansen", "Hoffmann", "Horvat", "Ibrahim", "Ito", "Jansen", "Jovanović", "Kamau", "Keller", "Khan", "Kowalski", "Kumar", "Laine", "Lindqvist", "Lopes", "Marino", "Mbeki",
        "Meyer", "Moreau", "Müller", "Nakamura", "Navarro", "Nguyen", "Novák", "Nowak", "O'Brien", "Okafor", "Olsen", "Papadopoulos", "Park", "Pereira", "Petrov", "Popescu", "Quinn", "Rahman", "Ricci", "Rossi",
        "Roy", "Sato", "Schmidt", "Silva", "Singh", "Sørensen", "Takahashi", "Tanaka", "Torres", "Tóth", "Vargas", "Virtanen", "Walsh", "Weber", "Wong", "Yıldız", "Zhang", "Zielińska",
    ];

    static readonly (string Department, string[] Titles)[] Departments =
    [
        ("Guides", ["Guide", "Senior Guide", "Tour Lead"]), ("Bookings", ["Booking Agent", "Booking Lead"]), ("Fleet", ["Driver", "Mechanic", "Fleet Planner"]), ("Kitchen", ["Cook", "Sous-chef"]),
        ("Finance", ["Accountant", "Controller"]), ("People", ["Recruiter", "People Partner"]), ("Engineering", ["Engineer", "Senior Engineer", "Architect"]), ("Support", ["Support Agent", "Support Lead"]),
        ("Marketing", ["Writer", "Designer", "Campaign Manager"]), ("Legal", ["Counsel", "Paralegal"]), ("Safety", ["Safety Officer", "Medic"]), ("Archive", ["Archivist", "Librarian"]),
    ];

    static readonly string[] Offices = ["Lisbon", "Oslo", "Nairobi", "Kyoto", "Cusco", "Vienna", "Montréal", "Hobart"];

    static readonly string[] Applications =
    [
        "VPN", "Booking system", "Booking administrators", "Payroll", "Expenses", "Source code", "Deployments", "Wiki", "Map editor", "Fleet tracking", "Radio", "Photo archive", "Travel", "Training", "Door badges",
        "Night access", "Incident team", "On call", "Data room", "Press", "First aid", "Fire wardens", "Works council", "Mentors", "Book club", "Running", "Choir", "Contractors", "Board", "Budget owners",
        "Hiring managers", "Interviewers", "Translators", "Drone pilots", "Divers", "Climbers", "Beta testers", "Reviewers", "Auditors",
    ];

    readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    int _number;

    /// <summary>All groups that Okta pushes; 60.</summary>
    internal static IReadOnlyList<string> Groups { get; } =
        [Everyone, .. Departments.Select(d => d.Department), .. Offices.Select(o => $"Office {o}"), .. Applications];

    internal DemoPerson Next()
    {
        string given, family, userName;
        var tries = 0;
        do
        {
            (given, family) = (Of(Given), Of(Family));
            userName = Address(given, Numbered(family, ++tries));
        }
        while (!_taken.Add(userName));
        var (department, titles) = Departments[Math.Min(random.Next(Departments.Length), random.Next(Departments.Length))];
        var office = Of(Offices);
        var applications = Enumerable.Range(0, random.Next(4)).Select(_ => Applications[Math.Min(random.Next(Applications.Length), random.Next(Applications.Length))]);
        return new(++_number, given, family, userName, Of(titles), department, office, [Everyone, department, $"Office {office}", .. applications]);
    }

    /// <summary>The same person in another department, with its group instead of the old one.</summary>
    internal DemoPerson Moved(DemoPerson person)
    {
        var (department, titles) = Departments[random.Next(Departments.Length)];
        return person with { Department = department, Title = Of(titles), Groups = person.Groups.Remove(person.Department).Add(department) };
    }

    /// <summary>The same person with another family name, and the address that goes with it.</summary>
    internal DemoPerson Married(DemoPerson person)
    {
        for (var tries = 1; ; tries++)
        {
            var family = Of(Family);
            var userName = Address(person.GivenName, Numbered(family, tries));
            if (_taken.Add(userName)) return person with { FamilyName = family, UserName = userName };
        }
    }

    // When nearly every pair of names is taken, addresses are told apart as everywhere.
    static string Numbered(string family, int tries) => tries <= Unnumbered ? family : string.Create(CultureInfo.InvariantCulture, $"{family}{tries}");

    static string Address(string given, string family) =>
        string.Concat($"{given}.{family}".Normalize(System.Text.NormalizationForm.FormD).Replace("ø", "o", StringComparison.Ordinal).Replace("ı", "i", StringComparison.Ordinal).Replace("ł", "l", StringComparison.Ordinal)
            .Where(c => char.IsAsciiLetterOrDigit(c) || c == '.')).ToLowerInvariant() + "@lumen.example";

    string Of(string[] words) => words[random.Next(words.Length)];
}

using System.Globalization;

namespace Scim.Tests.Faults;

/// <summary><c>SCIM_TEST_LONG=1</c> makes fault runs long; <c>SCIM_TEST_SEED</c> repeats one, and every run prints its own.</summary>
internal static class TestRun
{
    internal static bool IsLong { get; } = Environment.GetEnvironmentVariable("SCIM_TEST_LONG") == "1";

    internal static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("SCIM_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20_260_301;

    internal static T Of<T>(T inShort, T inLong) => IsLong ? inLong : inShort;

    /// <summary>Where a reader of results finds it; a long run says it on the console too, as it goes.</summary>
    internal static void Print(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (IsLong) Console.Out.WriteLine(line);
    }
}

using Scim.Domain.History;

namespace Scim.Tests.History;

/// <summary>What took its time, as pages tell it.</summary>
public sealed class DurationTests
{
    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(340, "340 ms")]
    [InlineData(12_999, "12 s")]
    [InlineData(60_000, "1 min")]
    [InlineData(4_480_007, "1 h 14 min")]
    [InlineData(3_605_000, "1 h")]
    [InlineData(90_000_000, "1 day 1 h")]
    [InlineData(172_800_000, "2 days")]
    public void A_duration_is_told_in_its_two_largest_units(long milliseconds, string expected) => Assert.Equal(expected, Wording.Duration(milliseconds));
}

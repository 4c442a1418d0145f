using System.Globalization;
using Scim.Api.CommandCenter.Components;

namespace Scim.Tests.CommandCenter;

/// <summary>Times as pages tell and take them: in the organization's zone, which each says.</summary>
public class PageZoneTests
{
    [Theory]
    [InlineData("UTC", "2026-07-03T13:59:59Z", "2026-07-03 13:59:59 UTC")]
    [InlineData("Europe/Lisbon", "2026-07-03T13:59:59Z", "2026-07-03 14:59:59 UTC+01:00")]
    [InlineData("Europe/Lisbon", "2026-01-03T13:59:59Z", "2026-01-03 13:59:59 UTC")]
    [InlineData("America/St_Johns", "2026-01-03T01:00:00Z", "2026-01-02 21:30:00 UTC-03:30")]
    [InlineData("Nowhere/Known", "2026-01-03T01:00:00Z", "2026-01-03 01:00:00 UTC")]
    public void An_instant_is_told_with_its_zone(string zone, string instant, string told) => Assert.Equal(told, new PageZone(zone).Absolute(At(instant)));

    [Theory]
    [InlineData("UTC", "2026-07-03T14:00", "2026-07-03T14:00:00Z")]
    [InlineData("Asia/Kathmandu", "2026-07-03T14:00", "2026-07-03T08:15:00Z")]
    [InlineData("Europe/Vienna", "2026-03-29T02:30", "2026-03-29T01:30:00Z")] // clocks leap from 2 to 3
    [InlineData("Europe/Vienna", "2026-10-25T02:30:15", "2026-10-25T00:30:15Z")] // and show this twice
    [InlineData("Europe/Vienna", "2026-07-03T14:00:00Z", "2026-07-03T14:00:00Z")]
    [InlineData("Europe/Vienna", "no time", "no time")]
    [InlineData("Europe/Vienna", null, null)]
    [InlineData("UTC", "2026-07-03", "2026-07-03")]
    [InlineData("Asia/Tokyo", "2026-07-03", "2026-07-02T15:00:00Z")]
    public void What_is_picked_is_of_the_zone(string zone, string? picked, string? asked) => Assert.Equal(asked, new PageZone(zone).Zoned(picked));

    [Fact]
    public void A_day_that_ends_something_is_meant_whole() => Assert.Equal("2026-07-03T14:59:59.9999999Z", new PageZone("Asia/Tokyo").Zoned("2026-07-03", ofEnd: true));

    [Theory]
    [InlineData("2026-07-03", "date", "2026-07-03")]
    [InlineData("2026-07-03T05:00:00Z", "datetime-local", "2026-07-03T14:00")]
    [InlineData("2026-07-03T05:00:01.5Z", "datetime-local", "2026-07-03T14:00:01.500")]
    [InlineData("2026-07-03T14:00", "datetime-local", "2026-07-03T14:00")]
    public void A_picker_shows_what_was_picked(string asked, string type, string value) => Assert.Equal((type, value), new PageZone("Asia/Tokyo").Picked(asked));

    [Fact]
    public void A_day_begins_where_the_organization_is()
    {
        var zone = new PageZone("Pacific/Auckland");
        Assert.Equal(At("2026-07-02T12:00:00Z"), zone.Begin(new(2026, 7, 3)).ToUniversalTime());
        Assert.Equal(new DateOnly(2026, 7, 3), zone.Day(At("2026-07-02T12:00:00Z")));
        Assert.Equal(("Pacific/Auckland", "UTC"), (zone.Name, new PageZone("UTC").Name));
    }

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

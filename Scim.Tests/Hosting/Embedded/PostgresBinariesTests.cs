using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;

namespace Scim.Tests.Hosting.Embedded;

public class PostgresBinariesTests
{
    [Fact]
    public void A_machine_without_PostgreSQL_is_told_the_three_ways_out()
    {
        var refused = Assert.Throws<StartupException>(() => PostgresBinaries.Find(null, named: null, candidates: ["/nonexistent"]));

        Assert.Contains("Install PostgreSQL", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PG_BIN", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__Directory", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void PG_BIN_that_points_nowhere_is_said_rather_than_passed_over()
    {
        var refused = Assert.Throws<StartupException>(() => PostgresBinaries.Find(null, "/nonexistent", [PostgresBinaries.Find().Folder]));
        Assert.Contains("/nonexistent", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PG_BIN_goes_before_all_else()
    {
        var here = PostgresBinaries.Find();
        Assert.Equal(here, PostgresBinaries.Find(null, here.Folder, []));
        Assert.InRange(here.Major, 10, 99);
    }
}

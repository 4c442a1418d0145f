using Scim.Api.Operator;

namespace Scim.Tests.Operator;

public sealed class LibpqUriTests
{
    [Theory]
    [InlineData("Host=db;Database=scim;Username=scim;Password=p@ss/w:rd;SSL Mode=VerifyFull", "postgresql://scim:p%40ss%2Fw%3Ard@db:5432/scim?sslmode=verify-full")]
    [InlineData("Host=a:5433,b;Database=scim;Username=scim;SSL Mode=Disable", "postgresql://scim@a:5433,b:5432/scim?sslmode=disable&target_session_attrs=read-write")]
    [InlineData("Host=/var/run/postgresql;Database=scim;SSL Mode=Disable", "postgresql://%2Fvar%2Frun%2Fpostgresql:5432/scim?sslmode=disable")]
    [InlineData("Host=::1;Port=5434;Database=scim;SSL Mode=Disable", "postgresql://[::1]:5434/scim?sslmode=disable")]
    public void A_connection_string_is_told_as_libpq_reads_it(string given, string uri) => Assert.Equal(uri, LibpqUri.Of(given));
}

namespace Scim.Tests.Hosting.Embedded;

/// <summary>One folder for the tests that leave its cluster whole and stopped, since making a cluster costs more than all else here.</summary>
public sealed class SharedCluster : IAsyncDisposable
{
    readonly TemporaryFolder shared = new();

    internal TemporaryFolder Use() => shared.Borrow();

    public ValueTask DisposeAsync() => shared.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class OneCluster : ICollectionFixture<SharedCluster>
{
    internal const string Name = "One embedded cluster";
}

using Scim.Tests.Audit;
using Scim.Tests.Browser;
using Scim.Tests.Faults;
using Scim.Tests.Hosting;
using Scim.Tests.Hosting.Embedded;
using Scim.Tests.Operator;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Scim.Tests.LongestFirst))]

namespace Scim.Tests;

/// <summary>Begins with the collections that take minutes, so that none of them is left alone on one thread at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly string[] Long =
    [
        OnOwnCluster.Name, InChromium.Name, OnKilledCluster.Name, nameof(OperatorCommandsTests), OnSteadyCluster.Name, nameof(ServiceProcessTests), nameof(BackupTests), nameof(UnfinishedRestoreTests),
        nameof(TimelineLive), OneCluster.Name, nameof(EndingTests),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections) where T : notnull, ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Long, name => c.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is var at && at < 0 ? Long.Length : at)];
}

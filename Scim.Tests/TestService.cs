using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scim.Api.Hosting;
using Scim.Tests.Faults.Checking;
using Scim.Tests.Hosting.Embedded;
using Scim.Tests.Replay;

[assembly: AssemblyFixture(typeof(Scim.Tests.TestService))]

namespace Scim.Tests;

/// <summary>
/// The real service on a real PostgreSQL, once a run: tests run in parallel, each in organizations of its own. At the end
/// the whole history of the run is held against the directory.
/// </summary>
public sealed class TestService : IAsyncLifetime
{
    // All tests come from one address, some with thousands of requests; those about limits set their own.
    static readonly Dictionary<string, string?> Unhurried = new()
    {
        ["Limits:TokenRate"] = "100000",
        ["Limits:StrangerRate"] = "100000",
        ["Limits:LeavingSeconds"] = "0",
    };

    readonly IReadOnlyDictionary<string, string?>? _settings;
    readonly TemporaryFolder _folder = new();
    readonly Lazy<NpgsqlDataSource> _owner;
    readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };
    TestDatabase? _database;

    public TestService() => _owner = new(() => NpgsqlDataSource.Create(OwnerConnectionString));

    /// <summary>A service apart from the run's one, on a database of its own.</summary>
    internal TestService(IReadOnlyDictionary<string, string?> settings) : this() => _settings = settings;

    internal ScimService Service { get; private set; } = null!;

    internal Uri Address { get; private set; } = null!;

    internal HttpClient Operator { get; private set; } = null!;

    internal CapturedLog Log { get; } = new();

    /// <summary>What all clients of the run did; at the end it is held against what is stored.</summary>
    internal ClientJournal Journal { get; } = new();

    internal T Get<T>() where T : notnull => Service.App.Services.GetRequiredService<T>();

    /// <summary>A connection string of the login that owns the database.</summary>
    internal string OwnerConnectionString => Service.Foundation.Connections.Owner!;

    /// <summary>Connections of that login that are kept, for one costs what a hundred statements do.</summary>
    internal NpgsqlDataSource Owner => _owner.Value;

    /// <summary>What the run's PostgreSQL has logged so far.</summary>
    internal Task<string> PostgresLog() => _database!.Log(Service.Foundation.Folder, TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync()
    {
        if (Holder.IsHere) return;
        var settings = _settings ?? (_database = await TestDatabase.StartAsync(CancellationToken.None)).Settings;
        Service = await ScimService.BuildAsync(["--urls", "http://127.0.0.1:0"], CancellationToken.None, builder =>
        {
            builder.Configuration.AddInMemoryCollection(Unhurried);
            builder.Configuration.AddInMemoryCollection([.. settings, new("Embedded:Folder", _folder.Folder.FullPath)]);
            builder.Logging.ClearProviders().AddProvider(Log);
        });
        await Service.StartAsync(TextWriter.Null, CancellationToken.None);
        if (_settings is null) Protocol.Filters.PeopleTable.DataSource = () => Task.FromResult(NpgsqlDataSource.Create(OwnerConnectionString));
        Address = new Uri(Service.App.Urls.First());
        Operator = new HttpClient(_handler, disposeHandler: false) { BaseAddress = Address };
        Operator.DefaultRequestHeaders.Authorization = new("Bearer", ScimService.OperatorKey(Service.App.Configuration, Service.Foundation.Folder));
    }

    /// <summary>A fresh organization with SCIM on and one token.</summary>
    internal async Task<TestOrganization> NewOrganization(string name = "Test")
    {
        var ct = TestContext.Current.CancellationToken;
        var created = await Operator.PostAsJsonAsync("/api/organizations", new { name }, ct);
        Assert.Equal(201, (int)created.StatusCode);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetGuid();
        await Operator.PatchAsJsonAsync($"/api/organizations/{id}", new { scimEnabled = true }, ct);
        return new TestOrganization(this, id, await NewToken(id));
    }

    internal async Task<string> NewToken(Guid organization, string label = "okta")
    {
        var issued = await Operator.PostAsJsonAsync($"/api/organizations/{organization}/tokens", new { label }, TestContext.Current.CancellationToken);
        Assert.Equal(201, (int)issued.StatusCode);
        return (await issued.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("token").GetString()!;
    }

    /// <summary>The text of a fresh key of the organization.</summary>
    internal async Task<string> NewKey(Guid organization, string role, string label = "siem")
    {
        var issued = await Operator.PostAsJsonAsync($"/api/organizations/{organization}/keys", new { label, role }, TestContext.Current.CancellationToken);
        Assert.Equal(201, (int)issued.StatusCode);
        return (await issued.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("key").GetString()!;
    }

    /// <summary>A client of the API with that key; without one, a stranger.</summary>
    internal HttpClient ApiClient(string? key)
    {
        var client = new HttpClient(_handler, disposeHandler: false) { BaseAddress = Address };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    internal HttpClient Client(Guid organization, string? token)
    {
        var client = new HttpClient(_handler, disposeHandler: false) { BaseAddress = new Uri(Address, $"/scim/v2/{organization}/") };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>Runs SQL as the owner and gives the first value.</summary>
    internal async Task<object?> Sql(string sql, params object[] parameters)
    {
        await using var command = Owner.CreateCommand(sql);
        foreach (var p in parameters) command.Parameters.Add(new() { Value = p });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Service is not null) await WholeHistory.Check(this);
        }
        finally
        {
            if (Service is not null) await Service.DisposeAsync();
            if (_owner.IsValueCreated) await _owner.Value.DisposeAsync();
            _handler.Dispose();
            if (_database is not null) await _database.DisposeAsync();
            await _folder.DisposeAsync();
        }
    }
}

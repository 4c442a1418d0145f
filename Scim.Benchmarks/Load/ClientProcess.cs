using System.Diagnostics;
using System.Text.Json;

namespace Scim.Benchmarks.Load;

/// <summary>
/// The clients as a process of their own, so that their processor time is not the service's. It makes the people, then
/// does what each line of its input asks and answers by a line.
/// </summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    internal const string Name = "load-clients";

    readonly Process _process;

    ClientProcess(Process process) => _process = process;

    /// <summary>Where the clients find the service and the bare endpoint, and how many people they make first.</summary>
    internal sealed record Setup(Uri Service, string OperatorKey, int People, int[] GroupSizes);

    /// <summary>Who was made, and how many of them each list finds.</summary>
    internal sealed record Made(string Tenant, string OtherTenant, Guid[] Ids, string[] Names, Dictionary<Operation, long> Totals, Dictionary<int, Guid> Groups);

    /// <summary>One thing to measure; without an endpoint it is sent to the service.</summary>
    internal sealed record Job(Operation Operation, Uri? Endpoint, int Clients, double Seconds, GroupOperation? Group = null, int Size = 0);

    /// <summary>What the clients saw, and the processor time that they took, in milliseconds.</summary>
    internal sealed record Seen(double Seconds, double Cpu, double[] Milliseconds);

    internal static ClientProcess Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, Name) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new ClientProcess(Process.Start(start)!);
    }

    internal async Task<TAnswer> Ask<TAnswer>(object line)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(line, JsonSerializerOptions.Web));
        var answer = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The clients ended.");
        return JsonSerializer.Deserialize<TAnswer>(answer, JsonSerializerOptions.Web)!;
    }

    /// <summary>The other end: runs until its input ends.</summary>
    internal static async Task<int> Run()
    {
        var setup = await Read<Setup>() ?? throw new InvalidOperationException("Started by hand; `load` starts it.");
        using var http = new HttpClient { BaseAddress = setup.Service };
        using var api = new HttpClient { BaseAddress = setup.Service };
        api.DefaultRequestHeaders.Authorization = new("Bearer", setup.OperatorKey);
        var people = new People(http, api);
        await people.Make(setup.People);
        var groups = new Groups(people);
        await groups.Make(setup.GroupSizes);
        Write(new Made(people.Tenant, people.OtherTenant, [.. people.Ids], [.. people.Names], await people.Totals(), groups.Ids));
        using var bare = new HttpClient();
        while (await Read<Job>() is { } job)
        {
            Func<int, Task> send = job.Group is { } group ? _ => job.Endpoint is { } bareGroup ? AskBare(bare, new Uri(bareGroup, $"/groups/{group}/{job.Size}"), groups.BodyOf(group, job.Size)) : groups.Send(group, job.Size)
                : job.Endpoint is { } endpoint ? p => AskBare(bare, new Uri(endpoint, $"/{job.Operation}/{p}"), People.BodyOf(job.Operation, p)) : p => people.Send(job.Operation, p);
            var (cpu, measured) = (Cpu.Own(), new Measured());
            await measured.Add(job.Clients, TimeSpan.FromSeconds(job.Seconds), p => send(Person(p, job.Clients, people.Ids.Count)));
            Write(new Seen(measured.Seconds, Cpu.Own() - cpu, [.. measured.Milliseconds]));
        }
        return 0;
    }

    /// <summary>A person whom no other client names at this moment, so that none waits for another's lock.</summary>
    internal static int Person(int client, int clients, int people) => client + clients * Random.Shared.Next((people - client - 1) / clients + 1);

    static async Task AskBare(HttpClient http, Uri floor, byte[]? body)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, floor);
        if (body is not null) request.Content = new ByteArrayContent(body);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await response.Content.CopyToAsync(Stream.Null);
        if ((int)response.StatusCode is not (200 or 304)) throw new InvalidOperationException($"The floor {floor} was answered {(int)response.StatusCode}.");
    }

    static async Task<T?> Read<T>() where T : class => await Console.In.ReadLineAsync() is { } line ? JsonSerializer.Deserialize<T>(line, JsonSerializerOptions.Web) : null;

    static void Write(object line) => Console.Out.WriteLine(JsonSerializer.Serialize(line, JsonSerializerOptions.Web));

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

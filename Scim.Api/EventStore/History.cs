using JasperFx.Events;
using Marten;
using Npgsql;
using Scim.Api.Access;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Sealing;
using Scim.Api.Hosting;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;
using Scim.Domain.Users;
using SessionOptions = Marten.Services.SessionOptions;

namespace Scim.Api.EventStore;

/// <summary>
/// The one door to writing: opens a session, fetches the state under the stream's lock, calls the decision, stamps
/// metadata and chain, saves. Decisions are pure; endpoints never see a session.
/// </summary>
internal sealed class History(IDocumentStore store, Placement placement, SealedEvents events, Turns turns, CommitSignal commits, ScimMetrics metrics, TimeProvider clock, ILogger<History> log)
{
    /// <summary>For a turn at a stream and the store's own work together.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    // A second for every 10,000 rows, on top.
    const double MostForRows = 26;

    // What another stream of the same commit takes beside one row.
    const int RowsOfAStream = 30, FewStreams = 300;

    static readonly TimeSpan LookUpPatience = TimeSpan.FromSeconds(1);

    const int Attempts = 5;

    /// <summary>
    /// Changes one stream by a decision on its state. Writers queue on the stream's lock, so that nobody is refused for
    /// being late; one who names a version by If-Match is refused with 412 when it is no longer that.
    /// </summary>
    /// <param name="decide">From the state (null: none, or ended) to events; it may read in the same transaction.</param>
    /// <param name="beside">A query of one text about the stream, read with its state; the decision finds it in <see cref="Turn.Beside"/>.</param>
    /// <param name="rows">Rows that the change may touch beside the stream, where they can be many: they have time of their own.</param>
    /// <returns>The state after; null when the stream has none.</returns>
    internal Task<TState?> Change<TState, TEvent>(Caller caller, Guid id, IfMatch? ifMatch, Func<TState?, Turn, ValueTask<IReadOnlyList<TEvent>>> decide, string? beside = null, int rows = 0)
        where TState : class, IState<TState, TEvent> where TEvent : class =>
        Attempt(caller, id, async (session, sealer, ct) =>
        {
            var batch = session.CreateBatchQuery();
            var fetch = batch.Events.FetchForExclusiveWriting<TState>(id);
            var head = batch.AddItem(Head.Of(session.TenantId, id));
            var text = beside is null ? null : batch.AddItem(new StreamQuery<string?>(beside, session.TenantId, id, async (reader, ct) => await reader.IsDBNullAsync(0, ct) ? null : reader.GetString(0)));
            var asked = clock.GetTimestamp();
            await batch.Execute(ct);
            metrics.Turn(clock.GetElapsedTime(asked), Shard(caller));
            var stream = await fetch;
            sealer.Know(session.TenantId, id, await head);

            var state = stream.Aggregate;
            caller.Written.Name = NameOf(state);
            if (state is not null) ifMatch?.Check(state.Version);
            var decided = await decide(state, new Turn(session.Connection!, session.TenantId, Now(), ct) { Beside = text is null ? null : await text });
            if (decided.Count == 0) return (state, []);
            stream.AppendMany(decided);
            return (state, Attributed(stream.Events));
        }, Folded<TState, TEvent>, rows);

    /// <summary>
    /// Changes several streams by one decision, in one commit: the one that was asked for and others that mention it. Their
    /// locks are taken in the order of their ids, so that two such changes never wait for each other.
    /// </summary>
    /// <param name="others">The ids of the other streams; asked before their locks are held, and again by the decision if it must be sure.</param>
    /// <param name="decide">From the state (null: none, or ended) to events by stream.</param>
    internal Task<TState?> ChangeSeveral<TState, TEvent>(Caller caller, Guid id, IfMatch? ifMatch, Func<Turn, ValueTask<IReadOnlyCollection<Guid>>> others,
        Func<TState?, IReadOnlyCollection<Guid>, IQuerySession, Turn, ValueTask<IReadOnlyList<StreamChange>>> decide)
        where TState : class, IState<TState, TEvent> where TEvent : class
    {
        var expected = FewStreams;
        return Attempt(caller, id, async (session, sealer, ct) =>
        {
            var turn = new Turn(session.Connection!, session.TenantId, Now(), ct);
            var mentioning = await others(turn);
            if (mentioning.Count > expected) throw new TakesLongerException(RowsOfAStream * (expected = 2 * mentioning.Count));
            var asked = clock.GetTimestamp();
            var heads = await Heads.Lock(session, [.. mentioning, id], ct);
            metrics.Turn(clock.GetElapsedTime(asked), Shard(caller));
            foreach (var (stream, head) in heads) sealer.Know(session.TenantId, stream, head);

            var state = await session.LoadAsync<TState>(id, ct);
            caller.Written.Name = NameOf(state);
            if (state is not null) ifMatch?.Check(state.Version);
            var appended = new List<IEvent>();
            foreach (var change in await decide(state, mentioning, session, turn))
            {
                var action = session.Events.Append(change.Stream, heads[change.Stream].Version + change.Events.Count, change.Events);
                appended.AddRange(action.Events);
            }
            return (state, Attributed(appended));
        }, (before, appended) => Folded<TState, TEvent>(before, [.. appended.Where(e => e.StreamId == id)]), 0);
    }

    /// <summary>Begins the stream of something new.</summary>
    internal async Task<TState> Start<TState, TEvent>(Caller caller, Guid id, IReadOnlyList<TEvent> decided)
        where TState : class, IState<TState, TEvent> where TEvent : class =>
        await Start<TState, TEvent>(caller, id, _ => new(decided));

    /// <summary>The same by a decision that reads in the transaction of the first events.</summary>
    /// <param name="rows">As of <see cref="Change"/>.</param>
    internal async Task<TState> Start<TState, TEvent>(Caller caller, Guid id, Func<Turn, ValueTask<IReadOnlyList<TEvent>>> decide, int rows = 0)
        where TState : class, IState<TState, TEvent> where TEvent : class =>
        (await Attempt<TState>(caller, id, async (session, _, ct) =>
        {
            var decided = await decide(new Turn(session.Connection!, session.TenantId, Now(), ct));
            var stream = session.Events.StartStream<TState>(id, decided.Cast<object>());
            return (null, Attributed(stream.Events));
        }, Folded<TState, TEvent>, rows))!;

    /// <summary>The state of one stream as the directory has it, or null.</summary>
    internal async Task<TState?> Load<TState>(Guid organization, Guid id, CancellationToken ct) where TState : class
    {
        await using var session = store.QuerySession(new SessionOptions { TenantId = Placement.Tenant(organization) });
        return await session.LoadAsync<TState>(id, ct);
    }

    async Task<TState?> Attempt<TState>(Caller caller, Guid id,
        Func<IDocumentSession, Sealer, CancellationToken, Task<(TState? Before, IReadOnlyList<IEvent> Appended)>> work,
        Func<TState?, IReadOnlyList<IEvent>, TState?> fold, int rows) where TState : class
    {
        var started = clock.GetTimestamp();
        var patience = PatienceFor(rows);
        using var place = await turns.Enter(id);
        for (var attempt = 1; ; attempt++)
        {
            var progress = new Progress();
            try
            {
                var left = patience - clock.GetElapsedTime(started);
                return await Deadline.Within(left, ct => Try(caller, work, fold, progress, left, ct), CancellationToken.None);
            }
            catch (TakesLongerException e)
            {
                patience = PatienceFor(e.Rows);
            }
            catch (Exception e) when (e is not ScimException)
            {
                switch (StoreFailure.Of(e))
                {
                    case FailureKind.NameTaken:
                        throw new NameTakenException(e);
                    case FailureKind.LostRace when attempt < Attempts && clock.GetElapsedTime(started) < patience:
                        continue;
                    case FailureKind.LostRace or FailureKind.Unavailable:
                    case FailureKind.Unknown when !progress.Saving:
                        throw Busy(e);
                    case FailureKind.Bug:
                    case FailureKind.None when !progress.Saving:
                        throw;
                    default:
                        await FindOut(caller, id, e);
                        return await Load<TState>(caller.Organization, id, CancellationToken.None);
                }
            }
        }
    }

    // A used session is never tried again; a fresh attempt opens a fresh one.
    async Task<TState?> Try<TState>(Caller caller, Func<IDocumentSession, Sealer, CancellationToken, Task<(TState? Before, IReadOnlyList<IEvent> Appended)>> work,
        Func<TState?, IReadOnlyList<IEvent>, TState?> fold, Progress progress, TimeSpan left, CancellationToken ct) where TState : class
    {
        var sealer = new Sealer(events, caller.RequestId, caller.RequestId, clock == TimeProvider.System ? null : clock);
        await using var connection = await placement.Of(Placement.Tenant(caller.Organization)).Write.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct); // sent with the first statement
        await using var session = Open(caller, sealer, transaction, left);
        var (before, appended) = await work(session, sealer, ct);
        if (appended.Count == 0) return before;
        // Now, not before: what a decision was forgiven belongs to its events too.
        foreach (var (name, value) in caller.EventHeaders()) session.SetHeader(name, value);
        progress.Saving = true;
        await session.SaveChangesAsync(ct);
        commits.Raise(Shard(caller));
        foreach (var e in appended) caller.Written.Add(e.Id, e.EventTypeName, e.StreamId, e.Data);
        metrics.Events(appended.Select(e => e.EventTypeName), Shard(caller));
        return fold(before, appended);
    }

    sealed class Progress
    {
        /// <summary>Whether the save has begun, after which a failure leaves its outcome open.</summary>
        internal bool Saving { get; set; }
    }

    /// <summary>
    /// Whether a command whose answer was lost is stored, asked on a fresh connection. Found: it stands, and is answered
    /// from. Not found: 503, because the old transaction may still be under way; it is never sent again.
    /// </summary>
    async Task FindOut(Caller caller, Guid stream, Exception cause)
    {
        log.LogWarning("The outcome of command {Command} is unknown ({Failure}); looking it up", caller.RequestId, cause.GetType().Name);
        try
        {
            if (await Deadline.Within(LookUpPatience, ct => IsStored(caller, stream, ct), CancellationToken.None)) return;
        }
        catch (Exception e) when (StoreFailure.Of(e) is not FailureKind.None)
        {
            throw Busy(e);
        }
        throw Busy(cause);
    }

    async Task<bool> IsStored(Caller caller, Guid stream, CancellationToken ct)
    {
        var tenant = Placement.Tenant(caller.Organization);
        await using var connection = await placement.Of(tenant).Write.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("select 1 from history.commit_log where tenant_id = $1 and command_id = $2 and stream_id = $3", connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = caller.RequestId });
        command.Parameters.Add(new() { Value = stream });
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    string Shard(Caller caller) => placement.Of(Placement.Tenant(caller.Organization)).Id;

    // The transaction is ours, so that the commit is the last statement of the save and needs no round trip of its own.
    IDocumentSession Open(Caller caller, Sealer sealer, NpgsqlTransaction transaction, TimeSpan left)
    {
        var options = SessionOptions.ForTransaction(transaction);
        // Many rows take more statements than a request has time for; all of them are one command to the driver.
        if (left > Patience + TimeSpan.FromSeconds(1)) options.Timeout = (int)Math.Ceiling(left.TotalSeconds);
        options.TenantId = Placement.Tenant(caller.Organization);
        options.Listeners.Add(sealer);
        var session = store.LightweightSession(options);
        session.LastModifiedBy = caller.Actor;
        return session;
    }

    // A lapse is nobody's act, whoever's command lets it be noted.
    static IReadOnlyList<IEvent> Attributed(IReadOnlyList<IEvent> appended)
    {
        foreach (var e in appended.Where(e => e.Data is TokenExpired)) e.UserName = "system";
        return appended;
    }

    static TimeSpan PatienceFor(int rows) => Patience + TimeSpan.FromSeconds(Math.Min(rows / 10_000d, MostForRows));

    // What people call whom a request is about, also one that is refused.
    static string? NameOf(object? state) => state switch { User user => user.UserName, Group group => group.DisplayName, _ => null };

    DateTimeOffset Now() => clock.GetUtcNow();

    static TState? Folded<TState, TEvent>(TState? before, IReadOnlyList<IEvent> appended) where TState : class, IState<TState, TEvent> where TEvent : class =>
        appended.Aggregate(before, (state, e) => TState.Fold(state, (TEvent)e.Data, e.Fact()));

    static ScimException Busy(Exception e) => ScimException.Unavailable("The directory cannot be reached or is busy. Nothing is lost: try again.", inner: e);
}

/// <summary>What a decision may use beside the state: the transaction it runs in, and the instant.</summary>
internal sealed record Turn(NpgsqlConnection Connection, string Tenant, DateTimeOffset Now, CancellationToken Cancellation)
{
    /// <summary>What was read beside the state.</summary>
    internal string? Beside { get; init; }
}

/// <summary>The events that a decision gives to one stream.</summary>
internal sealed record StreamChange(Guid Stream, IReadOnlyList<object> Events);

/// <summary>A unique index refused the userName or a group's displayName; whoever asked looks up who holds it.</summary>
internal sealed class NameTakenException(Exception inner) : Exception("The name is taken.", inner);

/// <summary>A change touches so many rows that it begins again with time for them; nothing was done yet.</summary>
internal sealed class TakesLongerException(int rows) : Exception("The change touches many rows.")
{
    internal int Rows => rows;
}

/// <summary>What a change touches became more while it waited for the locks; it begins again.</summary>
internal sealed class TouchesMoreException() : Exception("Others joined what the change touches.");

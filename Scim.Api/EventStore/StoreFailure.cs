using System.Net.Sockets;
using JasperFx;
using Marten.Exceptions;
using Npgsql;

namespace Scim.Api.EventStore;

/// <summary>What a failure of the store means for the request.</summary>
internal enum FailureKind
{
    /// <summary>Not a failure of the store.</summary>
    None,

    /// <summary>The server refused a statement for a reason that is nobody's but ours; nothing is stored.</summary>
    Bug,

    /// <summary>The unique index of userNames or of groups' names: somebody else holds the name.</summary>
    NameTaken,

    /// <summary>Another writer was first: nothing is stored, a fresh attempt may succeed.</summary>
    LostRace,

    /// <summary>This very command is already stored.</summary>
    CommandStored,

    /// <summary>The store could not do it now, and has stored nothing.</summary>
    Unavailable,

    /// <summary>The connection went away; whether a write was stored must be found out.</summary>
    Unknown,
}

/// <summary>
/// The one reading of the store's failures. It walks the whole chain of exceptions: the outermost is often about the
/// transaction object that died, not about why.
/// </summary>
internal static class StoreFailure
{
    internal static FailureKind Of(Exception exception)
    {
        var chain = Chain(exception).ToArray();
        foreach (var e in chain.OfType<PostgresException>())
            return OfState(e);
        if (chain.Any(e => e is TouchesMoreException or ConcurrencyException or ExistingStreamIdCollisionException or ConcurrentUpdateException)) return FailureKind.LostRace;
        if (chain.Any(e => e is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.AddressNotAvailable })) return FailureKind.Unavailable;
        if (chain.OfType<NpgsqlException>().Any(IsBeforeSending)) return FailureKind.Unavailable;
        return chain.Any(e => e is NpgsqlException or IOException or SocketException or TimeoutException or OperationCanceledException or ObjectDisposedException or MartenCommandException)
            ? FailureKind.Unknown
            : FailureKind.None;
    }

    /// <summary>The types of the chain, and PostgreSQL's codes: what may be logged, since messages may quote values.</summary>
    internal static IEnumerable<string> Names(Exception e) =>
        Chain(e).Select(x => x is PostgresException p ? $"{nameof(PostgresException)} {p.SqlState} {p.ConstraintName}".TrimEnd() : x.GetType().Name);

    static FailureKind OfState(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation when e.ConstraintName is DirectorySchema.UniqueUserName or DirectorySchema.UniqueGroupName => FailureKind.NameTaken,
        PostgresErrorCodes.UniqueViolation when e.ConstraintName == "pkey_commit_log" => FailureKind.CommandStored,
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => FailureKind.LostRace,
        // Shutdown, also while a commit waits for a standby.
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => FailureKind.Unknown,
        PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.ReadOnlySqlTransaction
            or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled
            or "25P03" => FailureKind.Unavailable, // 25P03: idle in a transaction for too long
        ['5', '3', ..] => FailureKind.Unavailable, // resources and limits
        ['0', '8', ..] => FailureKind.Unknown,
        ['2', '6', ..] or ['5', '8', ..] => FailureKind.Unknown, // a pooler without prepared statements; the system itself
        ['2', '8', ..] or "3D000" => FailureKind.Unavailable, // the login or the database was taken away: an outage, not the caller's fault
        _ => FailureKind.Bug,
    };

    // Npgsql's words for what fails before anything is sent; it gives these no code.
    static bool IsBeforeSending(NpgsqlException e) =>
        e.Message.Contains("No suitable host", StringComparison.Ordinal)
        || e.Message.Contains("connection pool has been exhausted", StringComparison.Ordinal)
        || e.Message.StartsWith("Failed to connect", StringComparison.Ordinal);

    static IEnumerable<Exception> Chain(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
            if (e is not AggregateException several) continue;
            foreach (var inner in several.InnerExceptions.SelectMany(Chain)) yield return inner;
        }
    }
}

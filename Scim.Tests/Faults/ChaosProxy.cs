using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Scim.Tests.Faults;

/// <summary>What becomes of one message from the service to PostgreSQL.</summary>
internal enum Fate
{
    Pass,

    /// <summary>The connection is reset and the message never arrives.</summary>
    CutBefore,

    /// <summary>The message arrives and is carried out; the connection is reset in place of the answer.</summary>
    CutAfter,
}

/// <summary>One message of PostgreSQL's protocol: its type, the text of a simple query or the bytes of a parse or bind, and the statement that a bind is for.</summary>
internal readonly record struct Message(char Type, string Text, string Statement = "")
{
    /// <summary>The commit of a command, which is the last statement of its save; Marten's own transactions end by a simple query.</summary>
    internal bool IsCommit => Type == 'B' && Statement == "commit";

    /// <summary>Whether it belongs to what Marten does by itself after a failed save, which no request waits for.</summary>
    internal bool IsTombstone => Text.Contains("tombstone", StringComparison.Ordinal) || Statement.Contains(TombstoneStream, StringComparison.Ordinal) || Text.Contains(TombstoneStream, StringComparison.Ordinal);

    const string TombstoneStream = "values ($1, $2, 0, false)";
}

/// <summary>
/// A network between the service and PostgreSQL that can lose what it carries: it reads the protocol's messages, so a
/// connection is cut exactly before or after the one that a test means. It also counts round trips.
/// </summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    readonly ConcurrentDictionary<Link, byte> _links = new();
    readonly IPEndPoint _server;
    readonly int _port;
    volatile TaskCompletionSource _open = new();
    TcpListener _listener = new(IPAddress.Loopback, 0);
    long _roundTrips;

    internal ChaosProxy(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new IPEndPoint(IPAddress.Loopback, server.Port);
        _open.SetResult();
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Port = _port }.ConnectionString;
        _ = AcceptAsync(_listener);
    }

    /// <summary>The same database through the proxy.</summary>
    internal string ConnectionString { get; }

    /// <summary>Decides over each message; asked on every link.</summary>
    internal Func<Message, Fate> FateOf { get; set; } = _ => Fate.Pass;

    /// <summary>How much later each batch of messages reaches PostgreSQL.</summary>
    internal TimeSpan Delay { get; set; }

    /// <summary>How often the service has waited for PostgreSQL so far.</summary>
    internal long RoundTrips => Interlocked.Read(ref _roundTrips);

    /// <summary>A black hole: connections stand, bytes go in, nothing comes out.</summary>
    internal void Freeze() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Thaw() => _open.TrySetResult();

    /// <summary>Nobody listens any more, and what was connected is cut.</summary>
    internal void Refuse()
    {
        _listener.Stop();
        foreach (var link in _links.Keys) link.Cut();
    }

    internal void Admit()
    {
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    public ValueTask DisposeAsync()
    {
        Thaw();
        Refuse();
        return ValueTask.CompletedTask;
    }

    async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                _ = new Link(this, client).RunAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    /// <summary>One connection of the service and the one to PostgreSQL behind it.</summary>
    sealed class Link(ChaosProxy proxy, Socket client)
    {
        readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        volatile bool _isLosingAnswers;
        readonly Dictionary<string, string> _statements = []; // what was parsed, by name
        bool _isTombstone; // after a failed save Marten marks the gap by itself, in a transaction that no request waits for
        int _asked = 1, _answered, _begun; // requests for an answer (the greeting is the first), answers, messages since the last request

        internal async Task RunAsync()
        {
            proxy._links[this] = 0;
            try
            {
                client.NoDelay = true;
                await proxy._open.Task;
                await _server.ConnectAsync(proxy._server);
                await Task.WhenAny(PumpAsync(client, _server, isFirstUntyped: true, FromClient), PumpAsync(_server, client, isFirstUntyped: false, FromServer));
            }
            catch (SocketException)
            {
                // PostgreSQL is away; so is the link.
            }
            finally
            {
                proxy._links.TryRemove(this, out _);
                Cut();
            }
        }

        internal void Cut()
        {
            try
            {
                client.LingerState = new LingerOption(true, 0); // a reset, not an orderly end
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself at this moment.
            }
            client.Close();
            _server.Close();
        }

        bool FromClient(Message message)
        {
            if (message.Type == 'p') return true; // a password
            if (message.Type == 'P' && message.Text.Split('\0') is [var parsed, var sql, ..]) _statements[parsed] = sql;
            if (message.Type == 'B' && message.Text.Split('\0', 3) is [_, var bound, ..]) message = message with { Statement = _statements.GetValueOrDefault(bound, "") };
            if (_answered >= _asked && _begun == 0) Interlocked.Increment(ref proxy._roundTrips);
            if (message.Type is 'S' or 'Q') (_asked, _begun) = (_asked + 1, 0);
            else _begun++;
            if (message.Type == 'Q') _isTombstone &= message.Text == "COMMIT";
            _isTombstone |= message.IsTombstone;
            var fate = _isTombstone ? Fate.Pass : proxy.FateOf(message);
            if (fate == Fate.CutAfter) _isLosingAnswers = true;
            return fate != Fate.CutBefore;
        }

        bool FromServer(Message message)
        {
            if (message.Type == 'Z') _answered++;
            return !_isLosingAnswers || message.Type != 'Z';
        }

        /// <summary>Carries whole messages; the first that may not pass ends the link.</summary>
        async Task PumpAsync(Socket from, Socket to, bool isFirstUntyped, Func<Message, bool> passes)
        {
            var (buffer, filled) = (new byte[64 * 1024], 0);
            try
            {
                while (true)
                {
                    var read = await from.ReceiveAsync(buffer.AsMemory(filled));
                    if (read == 0) return;
                    await proxy._open.Task;
                    if (to == _server && proxy.Delay > TimeSpan.Zero) await Task.Delay(proxy.Delay);
                    filled += read;
                    var at = 0;
                    var mayPass = true;
                    while (mayPass && Next(buffer.AsSpan(at, filled - at), isFirstUntyped) is { } length)
                    {
                        mayPass = isFirstUntyped || passes(Read(buffer.AsSpan(at, length)));
                        isFirstUntyped = false;
                        if (mayPass) at += length;
                    }
                    if (!_isLosingAnswers || to == _server) await to.SendAsync(buffer.AsMemory(0, at));
                    if (!mayPass) return;
                    buffer.AsSpan(at, filled - at).CopyTo(buffer);
                    filled -= at;
                    if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The other end went.
            }
        }

        static int? Next(ReadOnlySpan<byte> bytes, bool isUntyped)
        {
            var head = isUntyped ? 0 : 1;
            if (bytes.Length < head + 4) return null;
            var length = head + BinaryPrimitives.ReadInt32BigEndian(bytes[head..]);
            return bytes.Length < length ? null : length;
        }

        static Message Read(ReadOnlySpan<byte> bytes) => new((char)bytes[0], bytes[0] is (byte)'Q' or (byte)'P' or (byte)'B' ? Encoding.UTF8.GetString(bytes[5..^1]) : "");
    }
}

using System.Collections.Concurrent;
using System.Net.Sockets;
using CoAgent.Proxy.Workspaces;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Ingress;

/// <summary>Accepts bridges on the workspace's Unix socket.</summary>
internal sealed partial class BridgeListener : IAsyncDisposable
{
    private const int Backlog = 512;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly int _connectionsMax;
    private readonly BridgeEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();

    private BridgeListener(Socket socket, int connectionsMax, BridgeEndpoint endpoint, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _socket = socket;
        _connectionsMax = connectionsMax;
        _endpoint = endpoint;
        Completion = AcceptAsync();
    }

    /// <summary>The accepting loop: ends when this is disposed, fails when accepting fails.</summary>
    public Task Completion { get; }

    /// <summary>Listens on a path that is free, for its owner only.</summary>
    public static BridgeListener Start(string path, int connectionsMax, BridgeEndpoint endpoint, TimeProvider time, ILogger logger)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        DaemonSocket.Restrict(path);
        socket.Listen(Backlog);
        return new BridgeListener(socket, connectionsMax, endpoint, time, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await Task.WhenAll(_connections.Keys);
        await Completion;
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Take(await _socket.AcceptAsync(_stopping.Token));
            }
            catch (SocketException error) when (!_stopping.IsCancellationRequested)
            {
                // Such as too many open files: whoever is connected goes on, and the next one may be luckier.
                LogNotAccepted(error.Message);
                await Task.Delay(AcceptPause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return; // stopping
            }
        }
    }

    private void Take(Socket client)
    {
        if (_connections.Count >= _connectionsMax)
        {
            client.Dispose();
            return;
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[ended.Task] = true;
        new Thread(() => Serve(client, ended)) { IsBackground = true, Name = "coagent bridge" }.Start();
    }

    // The stage boundary of a connection: its end, whatever it was, is the end of its thread alone.
    private void Serve(Socket client, TaskCompletionSource ended)
    {
        try
        {
            _endpoint.Serve(client, _stopping.Token);
        }
        finally
        {
            _connections.TryRemove(ended.Task, out _);
            ended.TrySetResult();
        }
    }

    [LoggerMessage(334, LogLevel.Warning, "A bridge could not be accepted: {Reason}")]
    private partial void LogNotAccepted(string reason);
}

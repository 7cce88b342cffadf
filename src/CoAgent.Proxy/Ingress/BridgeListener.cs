using System.Collections.Concurrent;
using System.Net.Sockets;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Proxy.Ingress;

/// <summary>Accepts bridges on the workspace's Unix socket.</summary>
internal sealed class BridgeListener : IAsyncDisposable
{
    private const int Backlog = 512;

    private readonly Socket _socket;
    private readonly int _connectionsMax;
    private readonly BridgeEndpoint _endpoint;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();

    private BridgeListener(Socket socket, int connectionsMax, BridgeEndpoint endpoint)
    {
        _socket = socket;
        _connectionsMax = connectionsMax;
        _endpoint = endpoint;
        Completion = AcceptAsync();
    }

    /// <summary>The accepting loop: ends when this is disposed, fails when accepting fails.</summary>
    public Task Completion { get; }

    /// <summary>Listens on a path that is free, for its owner only.</summary>
    public static BridgeListener Start(string path, int connectionsMax, BridgeEndpoint endpoint)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        DaemonSocket.Restrict(path);
        socket.Listen(Backlog);
        return new BridgeListener(socket, connectionsMax, endpoint);
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
            Socket client;
            try
            {
                client = await _socket.AcceptAsync(_stopping.Token);
            }
            catch (Exception error) when (_stopping.IsCancellationRequested && error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            if (_connections.Count >= _connectionsMax)
            {
                client.Dispose();
                continue;
            }

            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections[ended.Task] = true;
            new Thread(() => Serve(client, ended)) { IsBackground = true, Name = "coagent bridge" }.Start();
        }
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
}

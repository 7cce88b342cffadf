using System.Net.Sockets;
using System.Text;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>Speaks to the daemon's socket as a bridge does, without a process between.</summary>
internal sealed class SocketClient : IAsyncDisposable
{
    private readonly NetworkStream stream;
    private readonly LineReader lines;
    private int lastId;

    private SocketClient(NetworkStream stream)
    {
        this.stream = stream;
        lines = new LineReader(stream);
    }

    /// <summary>Connects with this hello, which gives the members of the first line.</summary>
    public static async Task<SocketClient> ConnectAsync(DaemonRecord daemon, string hello, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(daemon.Socket), cancellationToken);
        var client = new SocketClient(new NetworkStream(socket, ownsSocket: true));
        await client.SendAsync($$"""{"coagent":1,{{hello}}}""", cancellationToken);
        _ = await client.NextAsync(cancellationToken);
        return client;
    }

    /// <summary>Calls a tool and waits for the answer.</summary>
    public async Task<RawMessage> CallAsync(string tool, string arguments, CancellationToken cancellationToken)
    {
        var id = $"{++lastId}";
        await SendAsync(
            $$"""{"jsonrpc":"2.0","id":{{id}},"method":"tools/call","params":{"name":"{{tool}}","arguments":{{arguments}},{{ModernMeta.Member()}} } }""",
            cancellationToken);
        while (true)
        {
            var message = await NextAsync(cancellationToken);
            if (message.IsAnswer && message.Id == id)
            {
                return message;
            }
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task SendAsync(string line, CancellationToken cancellationToken) =>
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);

    private async Task<RawMessage> NextAsync(CancellationToken cancellationToken) =>
        await lines.ReadAsync(cancellationToken).AsTask().WithinAsync("a line of the daemon", cancellationToken) is { } line
            ? new RawMessage(line)
            : throw new EndOfStreamException("The daemon closed the connection.");
}

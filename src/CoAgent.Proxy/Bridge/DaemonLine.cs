using System.Net.Sockets;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.Wire;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Proxy.Bridge;

/// <summary>One open connection to the daemon's socket.</summary>
internal sealed class DaemonLine : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    // What the daemon sends it has bounded itself, and has added to: whatever comes is passed on.
    private readonly LineBuffer _lines = new(Array.MaxLength);

    private DaemonLine(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        Writer = new LineWriter(_stream, new Limits().QueueBytesMax);
    }

    public LineWriter Writer { get; }

    /// <summary>The longest message that the daemon takes, in bytes.</summary>
    public int MessageBytesMax { get; private set; }

    /// <summary>Connects and says who is there.</summary>
    /// <exception cref="WorkspaceException">The daemon refuses the bridge; the message says why.</exception>
    /// <exception cref="IOException">There is no daemon at the socket, or it went away.</exception>
    public static async Task<DaemonLine> OpenAsync(string socketPath, BridgeHello hello, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException($"The daemon does not answer: {error.Message}", error);
        }

        var line = new DaemonLine(socket);
        await line.Writer.WriteAsync(hello.ToUtf8(), cancellationToken);
        var welcome = line.Read() is Line.Whole whole
            ? System.Text.Json.JsonSerializer.Deserialize(whole.Utf8.Span, BridgeJson.Default.BridgeWelcome)
            : null;
        return welcome switch
        {
            null => throw new IOException("The daemon went away during the greeting."),
            { Refusal: { } refusal } => throw new WorkspaceException(refusal),
            { MessageBytesMax: var bytesMax } => line.Taking(bytesMax),
        };
    }

    private DaemonLine Taking(int messageBytesMax)
    {
        MessageBytesMax = messageBytesMax;
        return this;
    }

    /// <summary>Waits for the next line, on the calling thread; null at the end.</summary>
    /// <remarks>Blocking on purpose: a bridge does nothing else, and a thread that waits in the kernel wakes fastest.</remarks>
    public Line? Read()
    {
        Line line;
        while (!_lines.TryTake(out line))
        {
            int read;
            try
            {
                read = _socket.Receive(_lines.GetRoom().Span);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return null; // however it ended, it has ended
            }

            if (read == 0)
            {
                return null;
            }

            _lines.Advance(read);
        }

        return line;
    }

    /// <summary>Closes for both directions, which also ends a <see cref="Read"/> that waits.</summary>
    public void Dispose()
    {
        if (_socket.Connected)
        {
            _socket.Shutdown(SocketShutdown.Both);
        }

        _stream.Dispose();
    }
}

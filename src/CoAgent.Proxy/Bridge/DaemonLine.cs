using System.Net.Sockets;
using System.Text.Json;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.Wire;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Proxy.Bridge;

/// <summary>Opens a line to the daemon's socket.</summary>
internal static class DaemonLine
{
    /// <summary>How long a daemon may take to greet.</summary>
    private static readonly TimeSpan GreetingPatience = TimeSpan.FromSeconds(10);

    /// <summary>Connects and says who is there, on the calling thread.</summary>
    /// <returns>The line, and the longest message that the daemon takes, in bytes.</returns>
    /// <exception cref="WorkspaceException">The daemon refuses the bridge; the message says why.</exception>
    /// <exception cref="IOException">There is no daemon at the socket, or it went away.</exception>
    public static (SocketLine Line, int MessageBytesMax) Open(string socketPath, BridgeHello hello)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException($"The daemon does not answer: {error.Message}", error);
        }

        // What the daemon sends it has bounded itself, and has added to: whatever comes is passed on.
        var line = new SocketLine(socket, Array.MaxLength, new Limits().QueueBytesMax);
        try
        {
            line.ReadPatience = GreetingPatience;
            line.Writer.WriteAsync(hello.ToUtf8(), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            var welcome = line.Read() is Line.Whole whole
                ? JsonSerializer.Deserialize(whole.Utf8.Span, BridgeJson.Default.BridgeWelcome)
                : null;
            line.ReadPatience = TimeSpan.Zero;
            return welcome switch
            {
                null => throw new IOException("The daemon went away during the greeting."),
                { Refusal: { } refusal } => throw new WorkspaceException(refusal),
                { MessageBytesMax: var bytesMax } => (line, bytesMax),
            };
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }
}

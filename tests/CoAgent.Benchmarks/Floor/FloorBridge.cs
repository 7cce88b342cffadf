using System.Diagnostics;
using System.Net.Sockets;

namespace CoAgent.Benchmarks.Floor;

/// <summary>
/// The bridge of the floor for stdio to stdio: copies bytes both ways, and starts the daemon when none runs.
/// </summary>
internal sealed class FloorBridge(string socketPath, IReadOnlyList<string> daemon)
{
    /// <summary>The line by which a daemon says that it listens.</summary>
    public const string Ready = "ready";

    public int Run()
    {
        using var socket = Connect();
        using var stream = new NetworkStream(socket);
        using var input = Console.OpenStandardInput();
        new Thread(() => Copy(stream, Console.OpenStandardOutput())) { IsBackground = true, Name = "answers" }.Start();
        Copy(input, stream);
        return 0;
    }

    private Socket Connect()
    {
        if (!File.Exists(socketPath))
        {
            StartDaemon();
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        return socket;
    }

    private void StartDaemon()
    {
        var start = new ProcessStartInfo(daemon[0], daemon.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{daemon[0]} did not start");
        if (process.StandardOutput.ReadLine() != Ready)
        {
            throw new InvalidOperationException("the daemon ended before it listened");
        }
    }

    private static void Copy(Stream from, Stream to)
    {
        var buffer = new byte[64 * 1024];
        while (from.Read(buffer) is var count and > 0)
        {
            to.Write(buffer, 0, count);
        }
    }
}

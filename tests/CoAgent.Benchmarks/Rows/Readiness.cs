using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CoAgent.Benchmarks.Processes;

namespace CoAgent.Benchmarks.Rows;

/// <summary>Waits for a server that says in no common way that it can be reached.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static void WaitForPort(OwnProcess server, int port) =>
        WaitFor(server, $"port {port} to be open", () => Accepts(port));

    /// <summary>Looks until it is so, the server ends, or the time is up.</summary>
    public static void WaitFor(OwnProcess server, string what, Func<bool> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (!isSo())
        {
            if (server.ExitsWithin(Pause))
            {
                throw new NotMeasuredException($"the server ended by itself. {server.LastWords}");
            }

            if (watch.Elapsed > Limit)
            {
                throw new NotMeasuredException($"waited {Limit.TotalSeconds} s for {what}. {server.LastWords}");
            }
        }
    }

    private static bool Accepts(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

using CoAgent.Benchmarks.Load;
using CoAgent.Benchmarks.Processes;

namespace CoAgent.Benchmarks.Rows;

internal enum RowKind
{
    Direct,
    Floor,
    CoAgent,
    Rival,
}

/// <summary>What the client speaks; every row is compared with the floor of the same transport.</summary>
internal enum Transport
{
    Http,
    Stdio,
}

/// <summary>One way to reach the echo server.</summary>
internal sealed record Row(string Name, RowKind Kind, Transport Transport, Func<Workshop, Stage, RunningRow> Start)
{
    /// <summary>
    /// Where the row is a process that a client starts: starts it in a fresh folder, with no daemon running.
    /// </summary>
    public Func<Workshop, Stage, OwnProcess>? StartCold { get; init; }
}

/// <summary>A row that runs and can be called.</summary>
internal sealed record RunningRow(IMcpClient Client)
{
    /// <summary>The process that the client started, where there is one between it and a daemon.</summary>
    public OwnProcess? Bridge { get; init; }

    /// <summary>Starts a further bridge to the daemon that runs.</summary>
    public Func<OwnProcess>? StartWarm { get; init; }

    public static RunningRow Http(OwnProcess server, HttpAddress address) => new(new HttpMcpClient(server, address));

    public static RunningRow Stdio(Func<OwnProcess> startBridge)
    {
        var bridge = startBridge();
        return new RunningRow(new StdioClient(bridge)) { Bridge = bridge, StartWarm = startBridge };
    }
}

/// <summary>A row cannot be measured here; the message says why.</summary>
internal sealed class NotMeasuredException(string reason) : Exception(reason);

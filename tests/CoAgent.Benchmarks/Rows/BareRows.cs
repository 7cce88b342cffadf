using System.Globalization;
using CoAgent.Benchmarks.Load;
using CoAgent.Benchmarks.Processes;

namespace CoAgent.Benchmarks.Rows;

/// <summary>
/// The echo server itself, and the floor: the least that a proxy of this shape can cost on this runtime.
/// </summary>
internal static class BareRows
{
    public static IEnumerable<Row> All() =>
    [
        new("direct", RowKind.Direct, Transport.Stdio, StartDirect)
        {
            StartCold = (workshop, stage) => stage.Start(workshop.Echo),
        },
        new("floor-http", RowKind.Floor, Transport.Http, StartHttp),
        new("floor-stdio", RowKind.Floor, Transport.Stdio, StartStdio)
        {
            StartCold = StartBridge,
        },
    ];

    private static RunningRow StartDirect(Workshop workshop, Stage stage) =>
        new(new StdioClient(stage.Start(workshop.Echo)));

    private static RunningRow StartStdio(Workshop workshop, Stage stage) =>
        RunningRow.Stdio(() => StartBridge(workshop, stage));

    private static RunningRow StartHttp(Workshop workshop, Stage stage)
    {
        var port = Stage.FreePort();
        var server = stage.Start([workshop.Self, Verbs.FloorHttp, port.ToString(CultureInfo.InvariantCulture)]);
        server.DrainOutput();
        Readiness.WaitForPort(server, port);
        return RunningRow.Http(server, new HttpAddress(port, "/mcp", Token: null));
    }

    private static OwnProcess StartBridge(Workshop workshop, Stage stage) =>
        stage.Start([workshop.Self, Verbs.FloorBridge, Path.Combine(stage.Folder, "floor.sock")]);
}

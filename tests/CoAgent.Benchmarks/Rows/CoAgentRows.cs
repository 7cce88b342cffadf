using System.Text.Json;
using CoAgent.Benchmarks.Load;
using CoAgent.Benchmarks.Processes;

namespace CoAgent.Benchmarks.Rows;

/// <summary>The proxy under test, in a workspace of its own whose only server is the echo server.</summary>
internal static class CoAgentRows
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    private sealed record DaemonRecord(Uri Url, string TokenFile);

    public static IEnumerable<Row> All() =>
    [
        new("coagent-http", RowKind.CoAgent, Transport.Http, StartHttp),
        new("coagent-stdio", RowKind.CoAgent, Transport.Stdio, StartStdio) { StartCold = StartConnect },
    ];

    private static RunningRow StartHttp(Workshop workshop, Stage stage)
    {
        WriteConfig(workshop, stage);
        var server = stage.Start([Program(workshop), "serve"], InWorkspace(stage));
        server.DrainOutput();
        var record = Path.Combine(stage.Folder, ".coagent", "daemon.json");
        Readiness.WaitFor(server, record, () => File.Exists(record));
        var daemon = JsonSerializer.Deserialize<DaemonRecord>(File.ReadAllText(record), Json)
            ?? throw new NotMeasuredException($"{record} says nothing");
        Readiness.WaitForPort(server, daemon.Url.Port);
        var token = File.ReadAllText(Path.Combine(stage.Folder, daemon.TokenFile)).Trim();
        var path = daemon.Url.AbsolutePath is "/" ? "/mcp" : daemon.Url.AbsolutePath;
        return RunningRow.Http(server, new HttpAddress(daemon.Url.Port, path, token));
    }

    // The first bridge starts the daemon, as it does for a user.
    private static RunningRow StartStdio(Workshop workshop, Stage stage)
    {
        WriteConfig(workshop, stage);
        return RunningRow.Stdio(() => stage.Start([Program(workshop), "connect"], InWorkspace(stage)));
    }

    private static OwnProcess StartConnect(Workshop workshop, Stage stage)
    {
        WriteConfig(workshop, stage);
        return stage.Start([Program(workshop), "connect"], InWorkspace(stage));
    }

    private static string Program(Workshop workshop) =>
        workshop.CoAgent ?? throw new NotMeasuredException("there is no coagent executable");

    private static Dictionary<string, string> InWorkspace(Stage stage) =>
        new() { ["COAGENT_WORKSPACE"] = stage.Folder };

    private static void WriteConfig(Workshop workshop, Stage stage) =>
        File.WriteAllText(
            Path.Combine(stage.Folder, "mcp.json"),
            JsonSerializer.Serialize(new
            {
                mcpServers = new { echo = new { command = workshop.Echo[0], args = workshop.Echo.Skip(1) } },
            }));
}

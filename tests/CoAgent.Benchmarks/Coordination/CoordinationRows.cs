using System.Globalization;
using System.Text.Json;
using CoAgent.Benchmarks.Load;
using CoAgent.Benchmarks.Processes;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>The ways from a client to one file server: without coordination, and with it.</summary>
internal static class CoordinationRows
{
    public const string Direct = "the server itself";
    public const string Floor = "a bare relay";
    public const string None = "coagent, none";
    public const string Process = "coagent, mtpo, process";
    public const string Full = "coagent, mtpo, full";

    // What is measured is coordination: how long a disk takes to replace a file is the same in every row, and drowns it.
    private static readonly string? s_memory = Directory.Exists("/dev/shm") ? "/dev/shm" : null;

    /// <summary>Starts a row in a folder of its own; the files that are read and written lie in memory where that can be had.</summary>
    /// <param name="row">Its name.</param>
    /// <param name="workshop">What it is made from.</param>
    /// <param name="callTime">How long a call takes the server at least.</param>
    public static RunningWay Start(string row, Workshop workshop, TimeSpan callTime)
    {
        var stage = workshop.Open("way");
        var files = Directory.CreateDirectory(Path.Combine(s_memory ?? stage.Folder, $"coagent-{Environment.ProcessId}-{Path.GetFileName(stage.Folder)}"))
            .FullName;
        string[] server = [workshop.Self, Verbs.Files, callTime.TotalMicroseconds.ToString(CultureInfo.InvariantCulture), "server-filesystem", files];
        return row switch
        {
            Direct => new RunningWay(stage, files, _ => stage.Start(server)),
            Floor => new RunningWay(
                stage, files, _ => stage.Start([workshop.Self, Verbs.FloorBridge, Path.Combine(stage.Folder, "floor.sock"), .. server])),
            None => CoAgent(workshop, stage, files, server, "none", "process"),
            Process => CoAgent(workshop, stage, files, server, "mtpo", "process"),
            Full => CoAgent(workshop, stage, files, server, "mtpo", "full"),
            _ => throw new ArgumentOutOfRangeException(nameof(row)),
        };
    }

    private static RunningWay CoAgent(Workshop workshop, Stage stage, string files, string[] server, string protocol, string durability)
    {
        File.WriteAllText(
            Path.Combine(stage.Folder, "mcp.json"),
            JsonSerializer.Serialize(new
            {
                mcpServers = new { files = new { command = server[0], args = server.Skip(1) } },
                coagent = new { protocol, durability, servers = new { files = new { profile = ApprovedTools.Profile } } },
            }));
        ApprovedTools.Approve(workshop.CoAgent!, stage.Folder, "files");
        var environment = new Dictionary<string, string> { ["COAGENT_WORKSPACE"] = stage.Folder };
        return new RunningWay(stage, files, agent => stage.Start([workshop.CoAgent!, "connect", "--agent", agent], environment));
    }
}

/// <summary>A way that runs.</summary>
/// <param name="Stage">Where it runs.</param>
/// <param name="Files">The directory that the server serves.</param>
/// <param name="StartClient">Starts what a client of that name talks to.</param>
internal sealed record RunningWay(Stage Stage, string Files, Func<string, OwnProcess> StartClient) : IDisposable
{
    public StdioClient Connect(string agent)
    {
        var client = new StdioClient(StartClient(agent));
        client.Initialize();
        return client;
    }

    /// <summary>Makes a file.</summary>
    public string Make(string name, string content)
    {
        var path = Path.Combine(Files, name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        Stage.EndAll();
        Directory.Delete(Files, recursive: true);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CoAgent.Benchmarks.Processes;

/// <summary>Where one row runs: a folder of its own, and the processes that were started for it.</summary>
/// <remarks>
/// A process may outlive the one that started it (a daemon is meant to). So each carries the stage's mark in its
/// environment, and what carries it, or descends from what does, is ended by its id.
/// </remarks>
internal sealed class Stage : IDisposable
{
    private const string MarkName = "COAGENT_BENCHMARK_STAGE";

    private readonly List<OwnProcess> processes = [];
    private readonly string echoCommand;

    public Stage(string folder, IReadOnlyList<string> echo)
    {
        Folder = folder;
        echoCommand = string.Join(' ', echo);
        Directory.CreateDirectory(folder);
    }

    public string Folder { get; }

    public OwnProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[MarkName] = Folder;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = new OwnProcess(start);
        processes.Add(process);
        return process;
    }

    /// <summary>A port that was free a moment ago, for servers that cannot be asked to take any.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>The processes between client and server: all but the echo server and a shell that started it.</summary>
    public IReadOnlyList<ProcFile> Proxies() =>
        [.. Running().Where(process =>
            process.CommandLine != echoCommand && process.CommandLine != $"/bin/sh -c {echoCommand}")];

    public void EndAll()
    {
        foreach (var process in Running())
        {
            OwnProcess.End(process.Id);
        }
    }

    public void Dispose()
    {
        EndAll();
        processes.ForEach(process => process.Dispose());
    }

    private List<ProcFile> Running()
    {
        var all = ProcFile.All();
        var found = all.Where(process => process.Carries($"{MarkName}={Folder}\0")).ToDictionary(process => process.Id);
        var grew = true;
        while (grew)
        {
            grew = false;
            foreach (var process in all.Where(process => found.ContainsKey(process.ParentId)))
            {
                grew |= found.TryAdd(process.Id, process);
            }
        }

        return [.. found.Values];
    }
}

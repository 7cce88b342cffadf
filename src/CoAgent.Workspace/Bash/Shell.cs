using System.Diagnostics;
using CoAgent.Workspace.Layers;

namespace CoAgent.Workspace.Bash;

/// <summary>Starts a fresh bash in a session of its own.</summary>
internal static class Shell
{
    // The outer shell only gives bash an empty input that is no pipe (some programs read from a pipe they were not given), then becomes it.
    private const string Launch = "exec bash -c \"$1\" </dev/null";

    private static readonly bool HasSetsid = IsInstalled("setsid");

    internal static bool IsAvailable { get; } = IsInstalled("bash");

    /// <summary>Whether processes can be put into a session of their own.</summary>
    internal static bool CanLeaveSession => HasSetsid;

    /// <summary>Starts a command; in a layer, what it writes below the root lands there.</summary>
    internal static Process Start(CommandLine line, string scratch, Layer? layer)
    {
        var start = new ProcessStartInfo(HasSetsid ? "setsid" : "sh")
        {
            WorkingDirectory = line.Directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (layer is null)
        {
            AddAll(start, HasSetsid ? ["sh"] : [], ["-c", Launch, "sh", line.Command]);
        }
        else
        {
            AddAll(start, layer.Launch(line, scratch), ["bash", "-c", line.Command]);
        }

        start.Environment["TMPDIR"] = scratch;
        foreach (var (name, value) in layer?.Environment ?? [])
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("a started process is a new one");
        process.StandardInput.Close();
        return process;
    }

    private static void AddAll(ProcessStartInfo start, params ReadOnlySpan<IEnumerable<string>> parts)
    {
        foreach (var part in parts)
        {
            foreach (var argument in part)
            {
                start.ArgumentList.Add(argument);
            }
        }
    }

    internal static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)));
}

using System.Diagnostics;

namespace CoAgent.Workspace.Bash;

/// <summary>Starts a fresh bash in a session of its own.</summary>
internal static class Shell
{
    // The outer shell only gives bash an empty input that is no pipe (some programs read from a pipe they were not given), then becomes it.
    private const string Launch = "exec bash -c \"$1\" </dev/null";

    private static readonly bool HasSetsid = IsInstalled("setsid");

    internal static bool IsAvailable { get; } = IsInstalled("bash");

    internal static Process Start(string command, string directory, string scratch)
    {
        var start = new ProcessStartInfo(HasSetsid ? "setsid" : "sh")
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (HasSetsid)
        {
            start.ArgumentList.Add("sh");
        }

        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Launch);
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(command);
        start.Environment["TMPDIR"] = scratch;
        var process = Process.Start(start) ?? throw new InvalidOperationException("a started process is a new one");
        process.StandardInput.Close();
        return process;
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)));
}

namespace CoAgent.Proxy.Processes;

/// <summary>
/// Finds the file of a command the way a shell would, so that a missing one is told before anything starts.
/// </summary>
internal static class CommandPath
{
    public const string DefaultSearchPath = "/usr/local/bin:/usr/bin:/bin";
    private const UnixFileMode AnyExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The file to execute; throws <see cref="ChildStartException"/> when there is none.</summary>
    public static string Resolve(ChildStart start)
    {
        if (OperatingSystem.IsWindows())
        {
            // The system's own search knows PATHEXT and the application directories.
            return start.Command;
        }

        return start.Command.Contains('/') ? ResolveFile(start) : ResolveOnPath(start);
    }

    /// <summary>
    /// The first executable of that name on a search path, whose relative entries start at the given directory; or
    /// null.
    /// </summary>
    public static string? FindOnPath(string command, string? searchPath, string directory)
    {
        foreach (var entry in (searchPath ?? DefaultSearchPath).Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.Combine(directory, entry, command);
            if (IsExecutable(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The setsid program on our own search path; null where there is none (macOS, Windows).</summary>
    public static string? FindSessionStarter() =>
        FindOnPath("setsid", Environment.GetEnvironmentVariable("PATH"), directory: "/");

    private static string ResolveFile(ChildStart start)
    {
        var file = Path.GetFullPath(start.Command, start.WorkingDirectory);
        if (!File.Exists(file))
        {
            throw new ChildStartException(
                $"Server '{start.Name}': the command '{start.Command}' does not exist. "
                + "Correct \"command\" in the config.");
        }

        return IsExecutable(file)
            ? file
            : throw new ChildStartException(
                $"Server '{start.Name}': the command '{start.Command}' is not executable. "
                + $"Run: chmod +x '{start.Command}'");
    }

    private static string ResolveOnPath(ChildStart start) =>
        FindOnPath(start.Command, start.Environment.GetValueOrDefault("PATH"), start.WorkingDirectory)
        ?? throw new ChildStartException(
            $"Server '{start.Name}': the command '{start.Command}' was not found on PATH. "
            + "Install it, or give its full path as \"command\" in the config "
            + "(a client started from a desktop may have a shorter PATH than your shell).");

    private static bool IsExecutable(string file) =>
        !OperatingSystem.IsWindows() && File.Exists(file)
            && (File.GetUnixFileMode(file) & AnyExecute) != UnixFileMode.None;
}

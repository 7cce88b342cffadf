namespace CoAgent.Proxy.Workspaces;

/// <summary>
/// The directory that one daemon and one order cover, and where its daemon keeps its files (<c>.coagent</c>).
/// </summary>
internal sealed record WorkspaceFolder(string Root)
{
    public const string StateDirectoryName = ".coagent";
    public const string EnvironmentVariable = "COAGENT_WORKSPACE";

    private static readonly string[] s_projectMarks = ["mcp.json", ".mcp.json", ".git"];

    public string StateDirectory => Path.Combine(Root, StateDirectoryName);

    public string RecordFile => Path.Combine(StateDirectory, "daemon.json");

    public string TokenFile => Path.Combine(StateDirectory, "token");

    public string LockFile => Path.Combine(StateDirectory, "daemon.lock");

    public string StartLockFile => Path.Combine(StateDirectory, "start.lock");

    public string LogFile => Path.Combine(StateDirectory, "daemon.log");

    /// <summary>
    /// Finds the workspace of a start directory. The first that applies: the chosen directory; the directory of the
    /// named config (the parent, when that is <c>.coagent</c>); the nearest ancestor with <c>.coagent</c>; the
    /// nearest ancestor with <c>mcp.json</c>, <c>.mcp.json</c> or <c>.git</c>; the start directory itself.
    /// </summary>
    /// <remarks>
    /// The start directory counts as its own nearest ancestor. The search does not look at the home directory or
    /// above it (unless it starts there): a <c>.coagent</c> left at home must not draw all projects under it into one
    /// order.
    /// </remarks>
    /// <param name="startDirectory">Where the program was started.</param>
    /// <param name="chosen">What --workspace or COAGENT_WORKSPACE says; else null.</param>
    /// <param name="configFile">The config that the user named; else null.</param>
    public static WorkspaceFolder Find(string startDirectory, string? chosen, string? configFile) =>
        Find(startDirectory, chosen, configFile, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>The same, with the home directory given.</summary>
    internal static WorkspaceFolder Find(
        string startDirectory, string? chosen, string? configFile, string homeDirectory)
    {
        var start = Normalize(startDirectory);
        if (!string.IsNullOrWhiteSpace(chosen))
        {
            var root = Normalize(Path.GetFullPath(chosen, start));
            return Directory.Exists(root)
                ? new WorkspaceFolder(root)
                : throw new WorkspaceException(
                    $"The workspace '{root}' does not exist. "
                    + $"Create it, or correct --workspace or {EnvironmentVariable}.");
        }

        if (configFile is not null)
        {
            return OfConfig(Path.GetFullPath(configFile, start));
        }

        return Nearest(start, homeDirectory, [StateDirectoryName])
            ?? Nearest(start, homeDirectory, s_projectMarks)
            ?? new WorkspaceFolder(start);
    }

    /// <summary>
    /// Creates the state directory, for the owner only and ignored by git; mends the permissions of one that is
    /// there.
    /// </summary>
    public void CreateStateDirectory()
    {
        try
        {
            OwnerOnly.CreateDirectory(StateDirectory);
            var ignoreFile = Path.Combine(StateDirectory, ".gitignore");
            if (!File.Exists(ignoreFile))
            {
                File.WriteAllText(ignoreFile, "*\n");
            }
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new WorkspaceException(
                $"'{StateDirectory}' cannot be written ({refused.Message}). "
                + "Give yourself write permission there, or choose another directory with --workspace.", refused);
        }
    }

    private static WorkspaceFolder OfConfig(string configFile)
    {
        var directory = Normalize(Path.GetDirectoryName(configFile) ?? configFile);
        var parent = Path.GetDirectoryName(directory);
        return Path.GetFileName(directory) == StateDirectoryName && parent is not null
            ? new WorkspaceFolder(parent)
            : new WorkspaceFolder(directory);
    }

    private static WorkspaceFolder? Nearest(string start, string homeDirectory, string[] marks)
    {
        var home = Normalize(homeDirectory);
        for (var directory = start; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (directory != start && IsAtOrAbove(directory, home))
            {
                return null;
            }

            if (marks.Any(mark => Path.Exists(Path.Combine(directory, mark))))
            {
                return new WorkspaceFolder(directory);
            }
        }

        return null;
    }

    private static bool IsAtOrAbove(string directory, string home) =>
        home == directory || home.StartsWith(Path.Join(directory, "/"), StringComparison.Ordinal);

    private static string Normalize(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}

/// <summary>The workspace or one of its daemon's files is not as it must be; the message says what to do.</summary>
internal sealed class WorkspaceException : Exception
{
    public WorkspaceException(string message)
        : base(message)
    {
    }

    public WorkspaceException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

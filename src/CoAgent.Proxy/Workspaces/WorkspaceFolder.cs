namespace CoAgent.Proxy.Workspaces;

/// <summary>The directory that one daemon and one order cover, and where its daemon keeps its files (<c>.coagent</c>).</summary>
internal sealed record WorkspaceFolder(string Root)
{
    public const string StateDirectoryName = ".coagent";
    public const string EnvironmentVariable = "COAGENT_WORKSPACE";

    public string StateDirectory => Path.Combine(Root, StateDirectoryName);
    public string RecordFile => Path.Combine(StateDirectory, "daemon.json");
    public string TokenFile => Path.Combine(StateDirectory, "token");
    public string LockFile => Path.Combine(StateDirectory, "daemon.lock");
    public string StartLockFile => Path.Combine(StateDirectory, "start.lock");
    public string LogFile => Path.Combine(StateDirectory, "daemon.log");

    /// <summary>Finds the workspace of a start directory.</summary>
    /// <param name="startDirectory">Where the program was started.</param>
    /// <param name="chosen">What --workspace or COAGENT_WORKSPACE says; else null.</param>
    /// <param name="configFile">The config that the user named; else null.</param>
    public static WorkspaceFolder Find(string startDirectory, string? chosen, string? configFile) =>
        throw new NotSupportedException();

    /// <summary>Creates the state directory, for the owner only, ignored by git.</summary>
    public void CreateStateDirectory() => throw new NotSupportedException();
}

/// <summary>The workspace or one of its daemon's files is not as it must be; the message says what to do.</summary>
internal sealed class WorkspaceException : Exception
{
    public WorkspaceException(string message)
        : base(message)
    {
    }

    public WorkspaceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

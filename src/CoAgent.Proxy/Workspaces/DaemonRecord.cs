namespace CoAgent.Proxy.Workspaces;

/// <summary>What a running daemon leaves in its workspace for clients to find it.</summary>
/// <remarks>The stamp tells this process from a later one with the same id.</remarks>
internal sealed record DaemonRecord(
    Uri Url, int Pid, string Stamp, string TokenFile, string Socket, string Version, DateTimeOffset StartedAt)
{
    /// <summary>The record of this very process.</summary>
    public static DaemonRecord OfThisProcess(
        Uri url, WorkspaceFolder workspace, string socket, string version, TimeProvider time) =>
        throw new NotSupportedException();

    public static DaemonRecordReading Read(WorkspaceFolder workspace) => throw new NotSupportedException();

    public void Write(WorkspaceFolder workspace) => throw new NotSupportedException();

    /// <summary>Removes the record when it is still this one.</summary>
    public void Remove(WorkspaceFolder workspace) => throw new NotSupportedException();

    /// <summary>Whether the recorded process is still running.</summary>
    public bool IsRunning() => throw new NotSupportedException();
}

/// <summary>What reading the record came to.</summary>
internal abstract record DaemonRecordReading
{
    private DaemonRecordReading()
    {
    }

    public sealed record Found(DaemonRecord Record) : DaemonRecordReading;

    public sealed record Absent : DaemonRecordReading;

    public sealed record Unreadable(string Reason) : DaemonRecordReading;
}

namespace CoAgent.Proxy.Workspaces;

/// <summary>
/// Held by the one daemon of a workspace for its life; the kernel lets go of it when the process ends, however it
/// ends.
/// </summary>
/// <remarks>
/// An advisory lock on the open file (flock). The file stays: deleting it would let two daemons lock two files of one
/// name.
/// </remarks>
internal sealed class DaemonLock : IDisposable
{
    // Who only looks whether the lock is free holds it for a moment; a daemon that meets that moment tries again.
    private const int AttemptCount = 10;

    // How .NET reports that another has the file: the number of the system's own error.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan s_attemptDelay = TimeSpan.FromMilliseconds(25);

    private readonly FileStream _file;

    private DaemonLock(FileStream file) => _file = file;

    /// <summary>
    /// Takes the lock or throws a <see cref="WorkspaceException"/> that names the daemon that has it.
    /// </summary>
    public static async Task<DaemonLock> AcquireAsync(
        WorkspaceFolder workspace, TimeProvider time, CancellationToken cancellationToken)
    {
        workspace.CreateStateDirectory();
        for (var attempt = 1; attempt <= AttemptCount; attempt++)
        {
            if (TryLock(workspace.LockFile) is { } file)
            {
                return new DaemonLock(file);
            }

            await Task.Delay(s_attemptDelay, time, cancellationToken);
        }

        throw Held(workspace);
    }

    /// <summary>Whether a daemon has the lock now.</summary>
    public static bool IsHeld(WorkspaceFolder workspace)
    {
        using var file = TryLock(workspace.LockFile);
        return file is null;
    }

    public void Dispose() => _file.Dispose();

    private static WorkspaceException Held(WorkspaceFolder workspace) =>
        DaemonRecord.Read(workspace) is DaemonRecordReading.Found { Record: var record } && record.IsRunning()
            ? new($"A daemon already runs for '{workspace.Root}': process {record.Pid}, {record.Url}. "
                + "Use that one, or end it with: coagent stop")
            : new($"A daemon is just starting or ending for '{workspace.Root}'. "
                + $"Try again; its log is '{workspace.LogFile}'.");

    /// <summary>Null when another has it.</summary>
    internal static FileStream? TryLock(string path)
    {
        try
        {
            return OwnerOnly.OpenLocked(path);
        }
        catch (IOException held) when (held.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            return null;
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new WorkspaceException(
                $"'{path}' belongs to another user. Delete it, or choose another --workspace.", refused);
        }
    }
}

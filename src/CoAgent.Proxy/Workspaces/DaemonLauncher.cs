using CoAgent.Proxy.Processes;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Workspaces;

/// <summary>Finds, starts and stops the one daemon of a workspace.</summary>
/// <remarks>
/// Several processes may ask at once. Who holds the start lock looks once more and, when no daemon has its own lock,
/// starts one; the others wait for the record that a daemon writes when it accepts connections.
/// </remarks>
internal sealed partial class DaemonLauncher(ILogger logger, TimeProvider time)
{
    /// <summary>How long a daemon may take from its start until it accepts connections.</summary>
    public static readonly TimeSpan DefaultStartTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_lookDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>The live daemon: recorded, running and accepting connections. Null when there is none.</summary>
    public static async Task<DaemonRecord?> FindAsync(WorkspaceFolder workspace, CancellationToken cancellationToken) =>
        DaemonRecord.Read(workspace) is DaemonRecordReading.Found { Record: var record }
        && record.IsRunning()
        && await DaemonSocket.AcceptsAsync(record.Socket, cancellationToken)
            ? record
            : null;

    /// <summary>
    /// The live daemon, started when there is none; throws <see cref="WorkspaceException"/> with what to do.
    /// </summary>
    public async Task<DaemonRecord> EnsureAsync(
        WorkspaceFolder workspace, DaemonCommand command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (await FindAsync(workspace, cancellationToken) is { } running)
        {
            return running;
        }

        workspace.CreateStateDirectory();
        var deadline = new Deadline(timeout, time);
        while (!deadline.IsOver)
        {
            using var startLock = DaemonLock.TryLock(workspace.StartLockFile);
            if (startLock is not null)
            {
                return await StartOrAwaitAsync(workspace, command, deadline, cancellationToken);
            }

            await Task.Delay(s_lookDelay, time, cancellationToken);
            if (await FindAsync(workspace, cancellationToken) is { } started)
            {
                return started;
            }
        }

        throw TooSlow(workspace, timeout);
    }

    /// <summary>Asks the recorded daemon to end and waits for it.</summary>
    public async Task<DaemonStopResult> StopAsync(
        WorkspaceFolder workspace, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (DaemonRecord.Read(workspace) is not DaemonRecordReading.Found { Record: var record })
        {
            return new DaemonStopResult.NotRunning();
        }

        if (!record.IsRunning())
        {
            record.Remove(workspace);
            return new DaemonStopResult.NotRunning();
        }

        if (OperatingSystem.IsWindows())
        {
            return new DaemonStopResult.Refused(
                record.Pid, "On Windows, end the daemon in its own window or in the task list.");
        }

        if (!PosixSignals.SendToProcess(record.Pid, PosixSignal.Terminate) && record.IsRunning())
        {
            return new DaemonStopResult.Refused(
                record.Pid, "The daemon belongs to another user. Stop it as that user.");
        }

        return await EndsAsync(workspace, record, new Deadline(timeout, time), cancellationToken);
    }

    private async Task<DaemonStopResult> EndsAsync(
        WorkspaceFolder workspace, DaemonRecord record, Deadline deadline, CancellationToken cancellationToken)
    {
        while (record.IsRunning())
        {
            if (deadline.IsOver)
            {
                return new DaemonStopResult.StillRunning(record.Pid);
            }

            await Task.Delay(s_lookDelay, time, cancellationToken);
        }

        // A daemon that was killed while ending could not remove it.
        record.Remove(workspace);
        return new DaemonStopResult.Stopped(record.Pid);
    }

    /// <summary>
    /// Only under the start lock. Starts at most one daemon, and none while another has or still has the daemon's
    /// lock.
    /// </summary>
    private async Task<DaemonRecord> StartOrAwaitAsync(
        WorkspaceFolder workspace, DaemonCommand command, Deadline deadline, CancellationToken cancellationToken)
    {
        DetachedProcess? daemon = null;
        var logStart = 0L;
        while (!deadline.IsOver)
        {
            if (await FindAsync(workspace, cancellationToken) is { } running)
            {
                return running;
            }

            // The lock may be held by a daemon that somebody else has just started, or by the last threads of one
            // that was killed.
            if (daemon is null or { IsRunning: false } && !DaemonLock.IsHeld(workspace))
            {
                if (daemon is not null)
                {
                    throw Died(workspace, logStart);
                }

                DaemonLog.Rotate(workspace.LogFile);
                logStart = DaemonLog.End(workspace.LogFile);
                daemon = await DetachedProcess.StartAsync(command, workspace, cancellationToken);
                LogStarted(workspace.Root, daemon.Id);
            }

            await Task.Delay(s_lookDelay, time, cancellationToken);
        }

        throw TooSlow(workspace, deadline.Timeout);
    }

    private static WorkspaceException Died(WorkspaceFolder workspace, long logStart)
    {
        var lines = string.Join('\n', DaemonLog.LastLines(workspace.LogFile, logStart));
        return new WorkspaceException(
            lines.Length == 0
                ? $"The daemon of '{workspace.Root}' ended at once and said nothing. "
                    + "Start it by hand to see more: coagent serve"
                : $"The daemon of '{workspace.Root}' ended at once. The last lines of '{workspace.LogFile}':\n{lines}");
    }

    private static WorkspaceException TooSlow(WorkspaceFolder workspace, TimeSpan timeout) =>
        new($"The daemon of '{workspace.Root}' is not ready after {timeout.TotalSeconds:0.#} s. "
            + $"It may still be starting: try again, or look at '{workspace.LogFile}'.");

    /// <summary>A moment by the injected clock until which something is waited for.</summary>
    private sealed class Deadline(TimeSpan timeout, TimeProvider time)
    {
        private readonly long _startedAt = time.GetTimestamp();

        public TimeSpan Timeout => timeout;

        public bool IsOver => time.GetElapsedTime(_startedAt) >= timeout;
    }

    [LoggerMessage(2101, LogLevel.Information, "Started the daemon of {Workspace} as process {ProcessId}")]
    private partial void LogStarted(string workspace, int processId);
}

/// <summary>What stopping a daemon came to.</summary>
internal abstract record DaemonStopResult
{
    private DaemonStopResult()
    {
    }

    /// <summary>No daemon ran; a record that one left behind is removed.</summary>
    public sealed record NotRunning : DaemonStopResult;

    public sealed record Stopped(int Pid) : DaemonStopResult;

    /// <summary>The daemon was asked to end and still runs.</summary>
    public sealed record StillRunning(int Pid) : DaemonStopResult;

    /// <summary>The daemon cannot be asked; the reason says what to do.</summary>
    public sealed record Refused(int Pid, string Reason) : DaemonStopResult;
}

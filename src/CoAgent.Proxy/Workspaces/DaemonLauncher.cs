using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Workspaces;

/// <summary>The command line that starts a daemon.</summary>
internal sealed record DaemonCommand(string Command, ImmutableArray<string> Arguments);

/// <summary>Finds, starts and stops the one daemon of a workspace.</summary>
internal sealed class DaemonLauncher(ILogger logger, TimeProvider time)
{
    public static readonly TimeSpan DefaultStartTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The live daemon, if there is one.</summary>
    public Task<DaemonRecord?> FindAsync(WorkspaceFolder workspace, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{logger} {time}");

    /// <summary>The live daemon, started when there is none; throws <see cref="WorkspaceException"/>.</summary>
    public Task<DaemonRecord> EnsureAsync(
        WorkspaceFolder workspace, DaemonCommand command, TimeSpan timeout, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Asks the recorded daemon to end and waits for it.</summary>
    public Task<DaemonStopResult> StopAsync(
        WorkspaceFolder workspace, TimeSpan timeout, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
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

    /// <summary>The operating system refused the signal.</summary>
    public sealed record Refused(int Pid, string Reason) : DaemonStopResult;
}

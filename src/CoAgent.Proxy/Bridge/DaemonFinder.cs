using CoAgent.Proxy.Workspaces;

namespace CoAgent.Proxy.Bridge;

/// <summary>Finds or starts the daemon of a workspace.</summary>
internal sealed class DaemonFinder(DaemonLauncher launcher, WorkspaceFolder workspace, DaemonCommand command) : IDaemonFinder
{
    public string? Recorded() =>
        DaemonRecord.Read(workspace) is DaemonRecordReading.Found { Record: var record } ? record.Socket : null;

    public async Task<string?> FindAsync(CancellationToken cancellationToken) =>
        (await DaemonLauncher.FindAsync(workspace, cancellationToken))?.Socket;

    public async Task<string> EnsureAsync(CancellationToken cancellationToken) =>
        (await launcher.EnsureAsync(workspace, command, DaemonLauncher.DefaultStartTimeout, cancellationToken)).Socket;
}

namespace CoAgent.Proxy.Workspaces;

/// <summary>Held by the one daemon of a workspace for its life; the kernel lets go of it when the process ends.</summary>
internal sealed class DaemonLock : IDisposable
{
    /// <summary>Takes the lock or throws a <see cref="WorkspaceException"/> that names the daemon that has it.</summary>
    public static Task<DaemonLock> AcquireAsync(
        WorkspaceFolder workspace, TimeProvider time, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public void Dispose() => throw new NotSupportedException();
}

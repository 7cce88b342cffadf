namespace CoAgent.Proxy.Workspaces;

/// <summary>The Unix socket of a workspace's daemon.</summary>
internal static class DaemonSocket
{
    /// <summary>Where the daemon listens: in the workspace, or in a short owner-only directory when that path is too long.</summary>
    public static string PathFor(WorkspaceFolder workspace) => throw new NotSupportedException();

    /// <summary>Makes the path free to bind: directory there and ours, stale socket gone. Only under the daemon's lock.</summary>
    public static void Prepare(string path, DaemonLock held) => throw new NotSupportedException();

    /// <summary>Right after binding: the owner only.</summary>
    public static void Restrict(string path) => throw new NotSupportedException();

    /// <summary>Whether something accepts connections there.</summary>
    public static Task<bool> AcceptsAsync(string path, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace CoAgent.Proxy.Workspaces;

/// <summary>The Unix socket of a workspace's daemon.</summary>
internal static class DaemonSocket
{
    /// <summary>What a socket address surely holds on every system, the closing zero left out.</summary>
    public const int PathBytesMax = 100;

    private const int HashBytes = 12;

    /// <summary>
    /// Where the daemon listens: in the workspace, or in a short owner-only directory when that path is too long.
    /// </summary>
    public static string PathFor(WorkspaceFolder workspace) =>
        PathFor(workspace, Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"));

    /// <summary>The same, with the user's runtime directory given.</summary>
    internal static string PathFor(WorkspaceFolder workspace, string? runtimeDirectory)
    {
        var path = Path.Combine(workspace.StateDirectory, "daemon.sock");
        if (Fits(path))
        {
            return path;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(workspace.Root)).AsSpan(0, HashBytes);
        var name = Convert.ToHexStringLower(hash) + ".sock";
        var inRuntime = string.IsNullOrEmpty(runtimeDirectory) ? null : Path.Combine(runtimeDirectory, "coagent", name);
        return inRuntime is not null && Fits(inRuntime)
            ? inRuntime
            : Path.Combine("/tmp", $"coagent-{UnixOwner.CurrentUser()}", name);
    }

    /// <summary>Makes the path free to bind: its directory there and ours, a stale socket gone.</summary>
    /// <remarks>
    /// The lock that the caller holds is what makes removing safe: no other daemon of this workspace can listen
    /// there.
    /// </remarks>
    public static void Prepare(string path, DaemonLock held)
    {
        ArgumentNullException.ThrowIfNull(held);
        var directory = Path.GetDirectoryName(path)
            ?? throw new ArgumentException("a socket lies in a directory", nameof(path));
        try
        {
            if (Path.GetFileName(directory) != WorkspaceFolder.StateDirectoryName)
            {
                // First, lest we restrict what somebody's link points to; and again, for it may just have been put
                // there.
                RequireOwnIfThere(directory);
                OwnerOnly.CreateDirectory(directory);
                RequireOwnIfThere(directory);
            }

            File.Delete(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw NotOurs(directory, refused);
        }
    }

    /// <summary>Right after binding: the owner only.</summary>
    public static void Restrict(string path) => OwnerOnly.Restrict(path);

    /// <summary>Whether something accepts connections there.</summary>
    public static async Task<bool> AcceptsAsync(string path, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return true;
        }
        catch (Exception unreachable) when (unreachable is SocketException or ArgumentException)
        {
            // Nobody listens, or the record names what cannot be a socket's address.
            return false;
        }
    }

    private static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= PathBytesMax;

    private static void RequireOwnIfThere(string directory)
    {
        if (Path.Exists(directory)
            && (new DirectoryInfo(directory).LinkTarget is not null || !UnixOwner.IsCurrentUser(directory)))
        {
            throw NotOurs(directory, innerException: null);
        }
    }

    private static WorkspaceException NotOurs(string directory, Exception? innerException) =>
        new(
            $"The socket's directory '{directory}' is not yours alone. "
            + "Remove it, or set XDG_RUNTIME_DIR to a directory of your own.",
            innerException);
}

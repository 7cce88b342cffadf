using System.Collections.Immutable;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Foreign;

/// <summary>Where the paths lead that a running <c>@modelcontextprotocol/server-filesystem</c> is given.</summary>
/// <remarks>
/// As the server does it (2026.8.31): <c>~</c> is the home directory, a path is taken apart before links are followed, a relative one is looked for
/// below each directory that the server was started with. A client that gives the server other directories (<c>roots</c>) moves its relative
/// paths; calls with absolute paths are right even then. Names that only differ in how their accents are composed are not taken for each other.
/// </remarks>
internal sealed class FilesystemServer
{
    /// <summary>The name that the server gives itself.</summary>
    internal const string OwnName = "secure-filesystem-server";

    private const string Package = "server-filesystem";
    private readonly ImmutableArray<string> _directories;

    private FilesystemServer(ImmutableArray<string> directories) => _directories = directories;

    /// <summary>The server that a command starts; null when the directories that it serves are not to be seen here (in a container, say).</summary>
    /// <param name="arguments">The command and its arguments.</param>
    /// <param name="workingDirectory">Where it starts.</param>
    internal static FilesystemServer? TryCreate(ImmutableArray<string> arguments, string workingDirectory)
    {
        var launcher = arguments.ToList().FindLastIndex(static argument => argument.Contains(Package, StringComparison.Ordinal));
        var directories = arguments.Skip(launcher + 1)
            .Select(argument => Path.GetFullPath(ExpandHome(argument), workingDirectory)).ToImmutableArray();
        return launcher >= 0 && directories.Length > 0 && directories.All(Directory.Exists) ? new FilesystemServer(directories) : null;
    }

    /// <summary>Where a path leads, links followed, also that of the last name; null for a path that no server takes.</summary>
    internal WalkedPath? Resolve(string given)
    {
        if (given.Length == 0 || given.Contains('\0'))
        {
            return null;
        }

        try
        {
            return PathWalk.Follow(LiveFiles.Instance, "/", Absolute(ExpandHome(given)), followLast: true, static _ => { });
        }
        catch (CallRefusedException)
        {
            // A loop of links: the server fails, whatever else there is.
            return null;
        }
    }

    private string Absolute(string path)
    {
        if (Path.IsPathRooted(path))
        {
            return Path.GetFullPath(path);
        }

        var candidates = _directories.Select(directory => Path.GetFullPath(path, directory)).ToList();
        return candidates.Find(candidate => _directories.Any(directory => IsWithin(candidate, directory))) ?? candidates[0];
    }

    private static bool IsWithin(string path, string directory) =>
        path == directory || path.StartsWith(PathWalk.Join(directory, ""), StringComparison.Ordinal);

    private static string ExpandHome(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
        : path;
}

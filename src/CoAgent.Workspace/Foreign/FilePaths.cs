using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Foreign;

/// <summary>Where the paths lead that foreign servers are given, in the tree as it is.</summary>
/// <remarks>
/// As file servers do it: <c>~</c> is the home directory, a path is taken apart (<c>..</c>) before links are followed, and the link that it may
/// end in is followed too. Names that only differ in how their accents are composed are not taken for each other.
/// </remarks>
public sealed class FilePaths : IFilePaths
{
    /// <inheritdoc/>
    /// <exception cref="IOException">The way cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">The way may not be looked at.</exception>
    public FilePath? Resolve(ImmutableArray<string> directories, string given)
    {
        if (given.Length == 0 || given.Contains('\0') || Absolute(directories, ExpandHome(given)) is not { } absolute)
        {
            return null;
        }

        try
        {
            var walked = PathWalk.Follow(LiveFiles.Instance, "/", absolute, followLast: true, static _ => { });
            return new FilePath(
                walked.Absolute,
                walked.Kind != FileKind.Absent,
                walked.Kind == FileKind.Directory,
                walked.Links,
                walked.Kind == FileKind.Absent ? Missing(walked.Absolute) : []);
        }
        catch (CallRefusedException)
        {
            // A loop of links: the server fails, whatever else there is.
            return null;
        }
    }

    private static ImmutableArray<string> Missing(string absolute)
    {
        var missing = ImmutableArray.CreateBuilder<string>();
        for (var at = PathWalk.ParentOf(absolute); FileKinds.Of(at) == FileKind.Absent; at = PathWalk.ParentOf(at))
        {
            missing.Add(at);
        }

        return missing.ToImmutable();
    }

    private static string? Absolute(ImmutableArray<string> directories, string path)
    {
        if (Path.IsPathRooted(path))
        {
            return Path.GetFullPath(path);
        }

        var candidates = directories.Select(directory => Path.GetFullPath(path, directory)).ToList();
        return candidates.Find(candidate => directories.Any(directory => IsWithin(candidate, directory))) ?? candidates.FirstOrDefault();
    }

    private static bool IsWithin(string path, string directory) =>
        path == directory || path.StartsWith(PathWalk.Join(directory, ""), StringComparison.Ordinal);

    private static string ExpandHome(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
        : path;
}

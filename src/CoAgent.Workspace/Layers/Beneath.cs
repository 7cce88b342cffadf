using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>What lies beneath a layer: the live tree, and over it what is shown as it was earlier.</summary>
internal sealed class Beneath(EarlierTree? earlier)
{
    private readonly Dictionary<string, FileState> _earlier =
        earlier?.Paths.ToDictionary(static path => path.Path, static path => path.State, StringComparer.Ordinal) ?? [];

    /// <summary>What was earlier at a path; null where that is what is there now.</summary>
    internal FileState? EarlierAt(string path) => _earlier.GetValueOrDefault(path);

    internal FileKind KindOf(string path) => EarlierAt(path)?.Kind ?? FileKinds.Of(path);

    internal int ModeOf(string path) => EarlierAt(path) is FileState.Folder folder ? folder.Mode : FileKinds.StatusOf(path).Mode;

    /// <summary>The names in a directory.</summary>
    internal IEnumerable<string> NamesIn(string directory)
    {
        var names = FileKinds.Of(directory) == FileKind.Directory
            ? DirectoryListing.Of(directory).Select(static entry => entry.Name).ToHashSet(StringComparer.Ordinal)
            : [];
        var prefix = PathWalk.Join(directory, "");
        names.UnionWith(_earlier.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal) && path.IndexOf('/', prefix.Length) < 0)
            .Select(path => path[prefix.Length..]));
        return names.Where(name => KindOf(PathWalk.Join(directory, name)) != FileKind.Absent).Order(StringComparer.Ordinal);
    }
}

using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Commands;

/// <summary>The states in a view of the tree: as it is, or as it was before some later writes.</summary>
/// <param name="earlier">The earlier tree; null: as it is.</param>
/// <param name="entriesMax">How many paths may be looked at.</param>
/// <param name="bytesMax">How many bytes of files may be looked at.</param>
internal sealed class TreeStates(EarlierFiles? earlier, int entriesMax, long bytesMax)
{
    private readonly FileStateReader _reader = new(new ContentCollector.Naming(), entriesMax);
    private long _bytes;

    /// <summary>The view.</summary>
    internal IFileView Files => earlier is null ? LiveFiles.Instance : earlier;

    /// <summary>What is at a path.</summary>
    /// <exception cref="NotCapturableException">It cannot be said, or more was looked at than allowed.</exception>
    internal FileState StateOf(string path)
    {
        if (earlier?.StateOf(path) is { } captured)
        {
            return captured;
        }

        if (FileKinds.Of(path) == FileKind.File && (_bytes += new FileInfo(path).Length) > bytesMax)
        {
            throw new NotCapturableException($"it would look at more than {bytesMax} bytes");
        }

        return _reader.StateOf(path);
    }

    /// <summary>The names in a directory; empty when it is none.</summary>
    internal IEnumerable<string> NamesIn(string path) =>
        Files.KindOf(path) == FileKind.Directory ? Files.List(path).Select(static entry => entry.Name) : [];

    /// <summary>Whether a path, or what it lacks to be there, has surely not changed since a stamp was made.</summary>
    /// <remarks>Two changes within one tick of the system's clock have one stamp: what is stamped as late as that may have changed after it.</remarks>
    internal bool IsOlder(string path, FileStamp than)
    {
        if (earlier?.StateOf(path) is not null)
        {
            return true; // what was captured does not change
        }

        var at = path;
        while (FileStamp.TryOf(at) is null && at != "/")
        {
            at = PathWalk.ParentOf(at);
        }

        return FileStamp.TryOf(at) is { } stamp && stamp.IsBefore(than);
    }
}

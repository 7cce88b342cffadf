using System.Collections.Immutable;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Captures;

/// <summary>Reads the state of files that are there now. Reserved names are nobody's state.</summary>
internal sealed class FileStateReader(ContentCollector contents, int entriesMax)
{
    private const char Undecodable = '\uFFFD';
    private int _entries;

    /// <summary>One object.</summary>
    internal CapturedObject Read(string absolute, bool isTree, CancellationToken cancellationToken)
    {
        var state = StateOf(absolute);
        if (!isTree || state is not FileState.Folder)
        {
            return new CapturedObject(absolute, isTree, state, CapturedObject.NothingBelow);
        }

        var below = ImmutableSortedDictionary.CreateBuilder<string, FileState>(StringComparer.Ordinal);
        AddBelow(below, absolute, "", cancellationToken);
        return new CapturedObject(absolute, isTree, state, below.ToImmutable());
    }

    /// <summary>What is at a path.</summary>
    /// <exception cref="NotCapturableException">A device, or more entries than are allowed.</exception>
    internal FileState StateOf(string absolute)
    {
        if (++_entries > entriesMax)
        {
            throw new NotCapturableException(
                $"it would change more than {entriesMax} files, the most that is kept to take one call back; change less at once");
        }

        var (kind, mode) = FileKinds.StatusOf(absolute);
        switch (kind)
        {
            case FileKind.Absent:
                return FileState.Nothing;
            case FileKind.Directory:
                return new FileState.Folder(mode);
            case FileKind.Link:
                return new FileInfo(absolute).LinkTarget is { } target ? new FileState.Link(target) : FileState.Nothing;
            case FileKind.File:
                var (content, length) = contents.Take(absolute);
                return new FileState.Regular(content, length, mode);
            default:
                return FileKinds.CanBeMade(mode)
                    ? new FileState.Special(mode)
                    : throw new NotCapturableException("it would change a device");
        }
    }

    private void AddBelow(
        ImmutableSortedDictionary<string, FileState>.Builder below, string directory, string relative, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var entry in DirectoryListing.Of(directory))
        {
            var absolute = PathWalk.Join(directory, entry.Name);
            var state = StateOf(absolute);
            if (state is FileState.Absent && entry.Name.Contains(Undecodable, StringComparison.Ordinal))
            {
                throw new NotCapturableException("it would change a file whose name is not UTF-8");
            }

            var name = relative.Length == 0 ? entry.Name : relative + "/" + entry.Name;
            below[name] = state;
            if (state is FileState.Folder)
            {
                AddBelow(below, absolute, name, cancellationToken);
            }
        }
    }
}

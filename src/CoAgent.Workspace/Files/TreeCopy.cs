using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Files;

/// <summary>Copies a file or a whole directory to a name that is free, all of it or nothing.</summary>
internal static class TreeCopy
{
    /// <summary>Copies content and mode. Links inside a directory are copied as links.</summary>
    internal static void Copy(WorkspacePath from, WorkspacePath to, CancellationToken cancellationToken)
    {
        FileTree.MakeDirectories(to.Parent, to.Given);
        var temporary = ReservedNames.TemporaryFor(to.Absolute);
        ReservedNames.RemoveTemporaryFor(to.Absolute);
        try
        {
            CopyEntry(from.Absolute, temporary, from.Given, cancellationToken);
            FileTree.Rename(temporary, to.Absolute, to.Given);
        }
        finally
        {
            ReservedNames.RemoveTemporaryFor(to.Absolute);
        }
    }

    private static void CopyEntry(string from, string to, string given, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (FileKinds.Of(from))
        {
            case FileKind.File:
                File.Copy(from, to, overwrite: false);
                break;
            case FileKind.Directory:
                CopyDirectory(from, to, given, cancellationToken);
                break;
            case FileKind.Link when new FileInfo(from).LinkTarget is { } target:
                File.CreateSymbolicLink(to, target);
                break;
            case FileKind.Special:
                throw new CallRefusedException($"{given} is a pipe, a socket or a device, which cannot be copied; nothing was changed.");
            default:
                throw new CallRefusedException($"{given} changed while it was copied; nothing was written. Call again.");
        }
    }

    private static void CopyDirectory(string from, string to, string given, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in DirectoryListing.Of(from))
        {
            CopyEntry(PathWalk.Join(from, entry.Name), PathWalk.Join(to, entry.Name), $"{given}/{entry.Name}", cancellationToken);
        }

        // Last, for a directory that forbids writing could not be filled.
        FileKinds.KeepMode(from, to);
    }
}

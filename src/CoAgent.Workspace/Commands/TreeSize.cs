using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Commands;

/// <summary>Whether a whole tree is small enough to be captured.</summary>
internal static class TreeSize
{
    private static readonly EnumerationOptions Everything =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    internal static bool IsCapturable(FileTree tree)
    {
        var (bytes, entries) = (0L, 0);
        foreach (var entry in new DirectoryInfo(tree.Root.Path).EnumerateFileSystemInfos("*", Everything))
        {
            entries++;
            bytes += entry is FileInfo file ? file.Length : 0;
            if (bytes > tree.Limits.CaptureBytesMax || entries > tree.Limits.CaptureEntriesMax)
            {
                return false;
            }
        }

        return true;
    }
}

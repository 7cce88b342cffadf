using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Proxy.Observing;

/// <summary>What can be seen of the files of a tree without reading them, at one time.</summary>
/// <param name="Files">Length, time, mode and kind by full path; null where the tree has too many.</param>
internal sealed record TreeStamps(Dictionary<string, TreeStamp>? Files)
{
    /// <summary>How many files and directories a tree has at most; one that has more is not looked at.</summary>
    public const int EntriesMax = 50_000;

    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true, RecurseSubdirectories = false };

    /// <summary>Looks at a tree.</summary>
    /// <param name="root">Its full path.</param>
    /// <param name="without">Directories, by full path, that are none of it.</param>
    public static TreeStamps Of(string root, IReadOnlyCollection<string> without)
    {
        var files = new Dictionary<string, TreeStamp>(StringComparer.Ordinal);
        var open = new Stack<string>([root]);
        while (open.TryPop(out var directory))
        {
            foreach (var entry in ListOf(directory).Where(entry => !without.Contains(entry.FullName)))
            {
                if (files.Count >= EntriesMax)
                {
                    return new TreeStamps((Dictionary<string, TreeStamp>?)null);
                }

                var isFolder = entry is DirectoryInfo && entry.LinkTarget is null;
                files[entry.FullName] = StampOf(entry, isFolder);
                if (isFolder)
                {
                    open.Push(entry.FullName);
                }
            }
        }

        return new TreeStamps(files);
    }

    /// <summary>What has changed since then.</summary>
    public SeenChanges Until(TreeStamps now)
    {
        if (Files is null || now.Files is null)
        {
            return SeenChanges.None with { Doubt = $"the workspace has more than {EntriesMax} files, so nobody has looked." };
        }

        return SeenChanges.None with
        {
            Created = Sorted(now.Files.Keys.Where(path => !Files.ContainsKey(path))),
            Deleted = Sorted(Files.Keys.Where(path => !now.Files.ContainsKey(path))),
            Changed = Sorted(Files.Where(pair => now.Files.TryGetValue(pair.Key, out var stamp) && stamp != pair.Value).Select(static pair => pair.Key)),
        };
    }

    private static FileSystemInfo[] ListOf(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).GetFileSystemInfos("*", s_everything);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return []; // gone meanwhile, or nobody's to look into
        }
    }

    // The time of a directory is that of its listing, which shows by itself.
    private static TreeStamp StampOf(FileSystemInfo entry, bool isFolder) => isFolder
        ? new TreeStamp(BytesCount: -1, WrittenAt: default, entry.UnixFileMode)
        : new TreeStamp(entry is FileInfo { LinkTarget: null, Exists: true } file ? file.Length : 0, entry.LastWriteTimeUtc, entry.UnixFileMode);

    private static ImmutableSortedSet<string> Sorted(IEnumerable<string> paths) => paths.ToImmutableSortedSet(StringComparer.Ordinal);
}

/// <summary>What can be seen of one file without reading it.</summary>
internal readonly record struct TreeStamp(long BytesCount, DateTime WrittenAt, UnixFileMode Mode);

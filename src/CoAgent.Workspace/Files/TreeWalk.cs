using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Files;

/// <summary>What is below a directory, in ordinal order of the paths, links not followed, reserved names left out.</summary>
/// <param name="files">The view of the tree that is walked.</param>
/// <param name="start">The canonical path of the directory.</param>
/// <param name="shown">The path that answers show for it; empty for the root.</param>
internal sealed class TreeWalk(IFileView files, string start, string shown)
{
    private readonly List<string> _unreadable = [];

    /// <summary>How many levels are looked at; one is the directory's own listing.</summary>
    internal int DepthMax { get; init; } = int.MaxValue;

    /// <summary>Whether git's own store is left out: large, and hardly ever what is looked for.</summary>
    internal bool SkipGit { get; init; }

    /// <summary>The directories that could not be opened, known when the walk has ended.</summary>
    internal IReadOnlyList<string> Unreadable => _unreadable;

    /// <summary>The entries that are not directories.</summary>
    internal IEnumerable<WalkedEntry> Files(CancellationToken cancellationToken)
    {
        var open = new Stack<(string Absolute, string Shown, List<DirectoryEntry>.Enumerator Entries)>();
        open.Push((start, shown, List(start, shown)));
        while (open.TryPop(out var level))
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (level.Entries.MoveNext())
            {
                var entry = level.Entries.Current;
                var path = level.Shown.Length == 0 ? entry.Name : level.Shown + "/" + entry.Name;
                var absolute = PathWalk.Join(level.Absolute, entry.Name);
                if (SkipGit && entry.Name == ".git")
                {
                    continue;
                }

                if (!entry.IsDirectory)
                {
                    yield return new WalkedEntry(absolute, path, entry.IsLink);
                    continue;
                }

                if (open.Count + 1 < DepthMax)
                {
                    open.Push(level);
                    level = (absolute, path, List(absolute, path));
                }
            }
        }
    }

    private List<DirectoryEntry>.Enumerator List(string absolute, string path)
    {
        try
        {
            return files.List(absolute).GetEnumerator();
        }
        catch (DirectoryNotFoundException)
        {
            // Removed since its parent was listed: there is nothing below it any more.
            return new List<DirectoryEntry>().GetEnumerator();
        }
        catch (UnauthorizedAccessException)
        {
            _unreadable.Add(path.Length == 0 ? "." : path);
            return new List<DirectoryEntry>().GetEnumerator();
        }
    }
}

/// <summary>One entry that a walk met.</summary>
internal readonly record struct WalkedEntry(string Absolute, string Shown, bool IsLink);

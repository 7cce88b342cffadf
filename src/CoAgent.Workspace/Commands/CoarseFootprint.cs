using CoAgent.Protocol.Objects;
using CoAgent.Workspace.Paths;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>Makes a footprint of paths; of too many, one of the directories that they are in.</summary>
internal static class CoarseFootprint
{
    /// <summary>The narrowest that a footprint can hold, down to the whole root.</summary>
    /// <param name="root">The canonical path of the root, which holds all paths.</param>
    /// <param name="reads">What is read.</param>
    /// <param name="writes">What is written.</param>
    internal static Touched Of(
        string root, IReadOnlyCollection<(string Path, Extent Extent)> reads, IReadOnlyCollection<(string Path, Extent Extent)> writes)
    {
        if (TryCreate(reads, writes) is { } exact)
        {
            return exact;
        }

        var deepest = reads.Concat(writes).Max(entry => DepthOf(root, entry.Path));
        for (var depth = deepest - 1; depth > 0; depth--)
        {
            var (level, held) = (depth, root);
            if (TryCreate(Cut(reads, held, level), Cut(writes, held, level)) is { } coarse)
            {
                return coarse;
            }
        }

        var whole = ObjectPattern.Parse(ObjectIds.Subtree(root));
        return Touched.Create(reads.Count == 0 ? [] : [whole], writes.Count == 0 ? [] : [whole]);
    }

    private static HashSet<(string Path, Extent Extent)> Cut(
        IReadOnlyCollection<(string Path, Extent Extent)> entries, string root, int depth) =>
        entries.Select(entry => DepthOf(root, entry.Path) > depth ? (Ancestor(root, entry.Path, depth), Extent.Subtree) : entry).ToHashSet();

    private static int DepthOf(string root, string path) => path.Length <= root.Length ? 0 : path.AsSpan(root.Length).Count('/');

    private static string Ancestor(string root, string path, int depth)
    {
        var at = root.Length == 1 ? 0 : root.Length;
        for (var level = 0; level < depth; level++)
        {
            at = path.IndexOf('/', at + 1);
        }

        return path[..at];
    }

    private static Touched? TryCreate(
        IReadOnlyCollection<(string Path, Extent Extent)> reads, IReadOnlyCollection<(string Path, Extent Extent)> writes)
    {
        // The most that can be left is not known before covered ones are dropped, but so many are never few enough.
        if (reads.Count + writes.Count > Touched.EntriesMax * 16)
        {
            return null;
        }

        var (read, written) = (reads.Select(Parse).ToList(), writes.Select(Parse).ToList());
        return read.TrueForAll(static pattern => pattern is not null) && written.TrueForAll(static pattern => pattern is not null)
            ? Touched.TryCreate(read.Select(static pattern => pattern!.Value), written.Select(static pattern => pattern!.Value))
            : null;
    }

    private static ObjectPattern? Parse((string Path, Extent Extent) entry) => ObjectPattern.TryParse(entry.Extent switch
    {
        Extent.Node => ObjectIds.Node(entry.Path),
        Extent.Children => ObjectIds.Listing(entry.Path),
        Extent.Subtree => ObjectIds.Subtree(entry.Path),
        _ => throw new InvalidOperationException("an entry has one of three extents"),
    });
}

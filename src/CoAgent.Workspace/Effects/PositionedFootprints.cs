using CoAgent.Protocol.Objects;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Effects;

/// <summary>Footprints that hold at a call's position too, where what later calls have made is not there yet.</summary>
/// <param name="recent">What paths were before.</param>
/// <param name="top">The canonical path of the directory that nobody makes or removes.</param>
internal sealed class PositionedFootprints(RecentPaths recent, string top)
{
    /// <summary>Whether everything that a call would touch was declared; what was not is remembered for the next declaration.</summary>
    internal bool IsDeclared(Touched? declared, Touched touched, IFileView files)
    {
        if (declared is null)
        {
            return true;
        }

        var isDeclared = touched.Writes.All(pattern => IsWriteDeclared(declared, pattern))
            && touched.Reads.All(pattern => Covers(declared.Reads, pattern) || Covers(declared.Writes, pattern));
        if (!isDeclared)
        {
            Learn(touched, files);
        }

        return isDeclared;
    }

    // A directory that has to be made because its maker comes later is declared as read, with its parent's listing as written: that orders it
    // among all who make or remove it, and shows it to all who looked. Declared as written it would set all against each other who put
    // something into it.
    private static bool IsWriteDeclared(Touched declared, ObjectPattern pattern) =>
        Covers(declared.Writes, pattern)
        || (pattern.Extent == Extent.Node
            && Covers(declared.Reads, pattern)
            && ObjectIds.PathOf(pattern.Id) is { } path
            && Covers(declared.Writes, ObjectPattern.Parse(ObjectIds.Listing(PathWalk.ParentOf(path)))));

    private static bool Covers(IEnumerable<ObjectPattern> patterns, ObjectPattern pattern) =>
        patterns.Any(declared => declared.Covers(pattern));

    private void Learn(Touched touched, IFileView files)
    {
        foreach (var pattern in touched.Writes.Concat(touched.Reads).Where(static pattern => pattern.Extent != Extent.Children))
        {
            if (ObjectIds.PathOf(pattern.Id) is { } path)
            {
                recent.Learn(path, files.KindOf(path) switch
                {
                    FileKind.Absent => RecentPaths.Past.Absent,
                    FileKind.Directory when pattern.Extent == Extent.Subtree => RecentPaths.Past.Directory,
                    _ => RecentPaths.Past.Unknown,
                });
            }
        }
    }

    /// <summary>Adds what the call may touch at a lower position, where what later calls have made is not there yet.</summary>
    /// <returns>Null when that is more than a footprint holds.</returns>
    internal Touched? Widen(Touched bound)
    {
        if (recent.IsEmpty)
        {
            return bound;
        }

        var reads = bound.Reads.Select(WidenNode).ToList();
        var writes = bound.Writes.Select(WidenNode).ToList();
        foreach (var pattern in bound.Writes.Where(static pattern => pattern.Extent != Extent.Children))
        {
            AddWay(ObjectIds.PathOf(pattern.Id), reads, writes);
        }

        return Touched.TryCreate(reads, writes);
    }

    private ObjectPattern WidenNode(ObjectPattern pattern) =>
        pattern is { Extent: Extent.Node, Id: { } id }
        && ObjectIds.PathOf(id) is { } path && recent.Was(path, RecentPaths.Past.Directory)
        && FileKinds.Of(path) != FileKind.Directory
            ? ObjectPattern.Subtree(id)
            : pattern;

    private void AddWay(string? path, List<ObjectPattern> reads, List<ObjectPattern> writes)
    {
        for (var at = path; at is not null && at != top; at = PathWalk.ParentOf(at))
        {
            if (recent.Was(at, RecentPaths.Past.Absent))
            {
                writes.Add(ObjectPattern.Parse(ObjectIds.Listing(PathWalk.ParentOf(at))));
                var own = ObjectPattern.Parse(ObjectIds.Node(at));
                if (at != path && !Covers(writes, own))
                {
                    reads.Add(own);
                }
            }
        }
    }
}

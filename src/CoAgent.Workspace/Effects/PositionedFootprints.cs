using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Effects;

/// <summary>Footprints that hold at a call's position too, where what later calls have made is not there yet.</summary>
/// <param name="recent">What paths were before.</param>
/// <param name="top">The canonical path of the directory that nobody makes or removes.</param>
internal sealed class PositionedFootprints(RecentPaths recent, string top)
{
    private const int FoundMax = 4096;
    private const int FoundOfOneMax = 8;

    private ImmutableDictionary<string, ImmutableArray<Touched>> _found = ImmutableDictionary.Create<string, ImmutableArray<Touched>>(StringComparer.Ordinal);

    /// <summary>What is the same for the same call made again.</summary>
    internal static string KeyOf(string tool, JsonElement arguments) =>
        $"{tool} {ContentId.Of(JsonSerializer.SerializeToUtf8Bytes(arguments))}";

    /// <summary>Whether everything that a call would touch was declared; what was not is remembered for the next declaration.</summary>
    /// <param name="key">What is the same for the same call made again.</param>
    /// <param name="declared">What was declared; null when nobody knows.</param>
    /// <param name="touched">What it would touch.</param>
    internal bool IsDeclared(string key, Touched? declared, Touched touched)
    {
        if (declared is null)
        {
            return true;
        }

        var isDeclared = IsWithin(declared, touched);
        if (!isDeclared)
        {
            Learn(key, touched);
        }

        return isDeclared;
    }

    /// <summary>Whether everything that a call would touch was declared.</summary>
    internal static bool IsWithin(Touched declared, Touched touched) =>
        touched.Writes.All(pattern => IsWriteDeclared(declared, pattern))
        && touched.Reads.All(pattern => Covers(declared.Reads, pattern) || Covers(declared.Writes, pattern));

    // A directory that has to be made because its maker comes later is declared as read, with its parent's listing as written: that orders it
    // among all who make or remove it, and shows it to all who looked. Declared as written it would set all against each other who put
    // something into it.
    private static bool IsWriteDeclared(Touched declared, ObjectPattern pattern) =>
        Covers(declared.Writes, pattern)
        || (pattern.Extent == Extent.Node
            && Covers(declared.Reads, pattern)
            && ObjectIds.PathOf(pattern.Id) is { } path
            && Covers(declared.Writes, Listing(PathWalk.ParentOf(path))));

    private static bool Covers(IEnumerable<ObjectPattern> patterns, ObjectPattern pattern) =>
        patterns.Any(declared => declared.Covers(pattern));

    // The same call made again is declared with what it was found to touch: it is not refused for that for ever.
    private void Learn(string key, Touched touched) => ImmutableInterlocked.Update(
        ref _found,
        static (found, learnt) =>
        {
            var kept = found.Count < FoundMax ? found : found.Clear();
            return kept.SetItem(learnt.Key, [.. kept.GetValueOrDefault(learnt.Key, []).TakeLast(FoundOfOneMax - 1), learnt.Touched]);
        },
        (Key: key, Touched: touched));

    /// <summary>Adds what the call may touch at a lower position, where what later calls have made is not there yet.</summary>
    /// <returns>Null when that is more than a footprint holds.</returns>
    internal Touched? Widen(string key, Touched bound)
    {
        var found = _found.GetValueOrDefault(key, []);
        if (recent.IsEmpty && found.IsEmpty)
        {
            return bound;
        }

        var reads = bound.Reads.Select(WidenNode).Concat(found.SelectMany(static touched => touched.Reads)).ToList();
        var writes = bound.Writes.Select(WidenNode).Concat(found.SelectMany(static touched => touched.Writes)).ToList();
        foreach (var pattern in bound.Reads)
        {
            // Whether the directories on the way are there is part of the answer.
            reads.AddRange(MadeAbove(ObjectIds.PathOf(pattern.Id)).Select(Node));
        }

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
        if (path is not null && path != top && recent.Was(path, RecentPaths.Past.Absent))
        {
            writes.Add(Listing(PathWalk.ParentOf(path)));
        }

        foreach (var at in MadeAbove(path))
        {
            writes.Add(Listing(PathWalk.ParentOf(at)));
            if (!Covers(writes, Node(at)))
            {
                reads.Add(Node(at));
            }
        }
    }

    // The directories above a path that were not there once.
    private IEnumerable<string> MadeAbove(string? path)
    {
        for (var at = path; at is not null && at != top && at != "/";)
        {
            at = PathWalk.ParentOf(at);
            if (at != top && recent.Was(at, RecentPaths.Past.Absent))
            {
                yield return at;
            }
        }
    }

    private static ObjectPattern Node(string absolute) => ObjectPattern.Parse(ObjectIds.Node(absolute));

    private static ObjectPattern Listing(string absolute) => ObjectPattern.Parse(ObjectIds.Listing(absolute));
}

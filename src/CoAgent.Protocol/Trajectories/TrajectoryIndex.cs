using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Trajectories;

/// <summary>The trajectories T(o) of all objects, and who read them: finds what overlaps above a position.</summary>
/// <remarks>Costs with the depth of the ids and with what is found, not with history (protocol.md, section 2).</remarks>
internal sealed class TrajectoryIndex(RuleSet rules)
{
    private readonly PatternIndex<Position, Call> _writes = new();
    private readonly PatternIndex<Position, Call> _listingWrites = new();
    private readonly PatternIndex<Position, Call> _inputs = new();
    private readonly PatternIndex<Position, Call> _reads = new();
    private readonly bool _listings = rules.Keep(Rule.ListingsAreObjects);

    /// <summary>How many entries there are: what folding must bring back to nothing.</summary>
    public int EntryCount => _writes.Count + _listingWrites.Count + _inputs.Count + _reads.Count;

    public void Add(Call call)
    {
        foreach (var pattern in call.Footprint.Writes)
        {
            if (Counts(pattern))
            {
                WritesFor(pattern).Add(pattern, call.Position, call);
            }
        }

        var readers = ReadersFor(call);
        foreach (var pattern in call.Footprint.Reads)
        {
            if (Counts(pattern))
            {
                readers.Add(pattern, call.Position, call);
            }
        }
    }

    public void Remove(Call call)
    {
        foreach (var pattern in call.Footprint.Writes)
        {
            Invariant.Require(!Counts(pattern) || WritesFor(pattern).Remove(pattern, call.Position, call), "a placed write is in its trajectories");
        }

        var readers = ReadersFor(call);
        foreach (var pattern in call.Footprint.Reads)
        {
            Invariant.Require(!Counts(pattern) || readers.Remove(pattern, call.Position, call), "a placed call's reads are recorded");
        }
    }

    /// <summary>Writes above a position that a read of the pattern sees.</summary>
    public void CollectWritesSeen(ObjectPattern pattern, Position floor, List<Call> into)
    {
        if (Counts(pattern))
        {
            _writes.CollectAbove(pattern, floor, into);
            _listingWrites.CollectAbove(pattern, floor, into);
        }
    }

    /// <summary>Writes above a position that conflict with a write of the pattern.</summary>
    /// <remarks>
    /// Two writes of one listing alone do not: they add or take away different children, in whatever order
    /// (docs/decisions/0008). The same child is an object of its own.
    /// </remarks>
    public void CollectConflicts(ObjectPattern pattern, Position floor, List<Call> into)
    {
        if (Counts(pattern))
        {
            _writes.CollectAbove(pattern, floor, into);
            _inputs.CollectAbove(pattern, floor, into);
            if (pattern.Extent != Extent.Children)
            {
                _listingWrites.CollectAbove(pattern, floor, into);
            }
        }
    }

    /// <summary>Recorded reads above a position that overlap the pattern.</summary>
    public void CollectReads(ObjectPattern pattern, Position floor, List<Call> into)
    {
        if (Counts(pattern))
        {
            _reads.CollectAbove(pattern, floor, into);
        }
    }

    private PatternIndex<Position, Call> WritesFor(ObjectPattern pattern) =>
        pattern.Extent == Extent.Children ? _listingWrites : _writes;

    private PatternIndex<Position, Call> ReadersFor(Call call) => call.Declaration.IsRead ? _reads : _inputs;

    private bool Counts(ObjectPattern pattern) => _listings || pattern.Extent != Extent.Children;
}

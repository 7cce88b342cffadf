using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Trajectories;

/// <summary>The trajectories T(o) of all objects, and who read them: finds what overlaps above a position.</summary>
/// <remarks>Costs with the depth of the ids and with what is found, not with history (protocol.md, section 2).</remarks>
internal sealed class TrajectoryIndex(RuleSet rules)
{
    private readonly PatternIndex<Position, Call> _writes = new();
    private readonly PatternIndex<Position, Call> _inputs = new();
    private readonly PatternIndex<Position, Call> _reads = new();
    private readonly bool _listings = rules.Keep(Rule.ListingsAreObjects);

    /// <summary>How many entries there are: what folding must bring back to nothing.</summary>
    public int EntryCount => _writes.Count + _inputs.Count + _reads.Count;

    public void Add(Call call)
    {
        foreach (var pattern in call.Footprint.Writes)
        {
            if (Counts(pattern))
            {
                _writes.Add(pattern, call.Position, call);
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
            Invariant.Require(!Counts(pattern) || _writes.Remove(pattern, call.Position, call), "a placed write is in its trajectories");
        }

        var readers = ReadersFor(call);
        foreach (var pattern in call.Footprint.Reads)
        {
            Invariant.Require(!Counts(pattern) || readers.Remove(pattern, call.Position, call), "a placed call's reads are recorded");
        }
    }

    /// <summary>Writes above a position that overlap one of the patterns; a call may come more than once.</summary>
    public void CollectWrites(ImmutableArray<ObjectPattern> patterns, Position floor, List<Call> into)
    {
        foreach (var pattern in patterns)
        {
            CollectWrites(pattern, floor, into);
        }
    }

    /// <summary>Writes above a position that overlap the pattern.</summary>
    public void CollectWrites(ObjectPattern pattern, Position floor, List<Call> into)
    {
        if (Counts(pattern))
        {
            _writes.CollectAbove(pattern, floor, into);
        }
    }

    /// <summary>Writes above a position that read what overlaps the pattern.</summary>
    public void CollectInputs(ObjectPattern pattern, Position floor, List<Call> into)
    {
        if (Counts(pattern))
        {
            _inputs.CollectAbove(pattern, floor, into);
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

    private PatternIndex<Position, Call> ReadersFor(Call call) => call.Declaration.IsRead ? _reads : _inputs;

    private bool Counts(ObjectPattern pattern) => _listings || pattern.Extent != Extent.Children;
}

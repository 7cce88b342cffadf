using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>What a plan has changed so far, seen from where it is in the order: only who reads that can see a difference.</summary>
internal sealed class Dirt
{
    private readonly List<ObjectPattern> _patterns = [];

    public void Add(ImmutableArray<ObjectPattern> patterns)
    {
        foreach (var pattern in patterns)
        {
            if (!_patterns.Exists(known => known.Covers(pattern)))
            {
                _patterns.Add(pattern);
            }
        }
    }

    /// <summary>The first of the patterns that a change may show in; null when none is.</summary>
    public ObjectPattern? Meets(ImmutableArray<ObjectPattern> patterns)
    {
        foreach (var pattern in patterns)
        {
            if (_patterns.Exists(dirty => dirty.Overlaps(pattern)))
            {
                return pattern;
            }
        }

        return null;
    }

    /// <summary>Lets a replayed call that succeeded pass: what it saw of the change spreads, what it overwrote is as it was.</summary>
    public void Pass(Call call)
    {
        if (Meets(call.Footprint.Reads) is not null)
        {
            Add(call.Footprint.Writes);
        }
        else
        {
            // Who adds a child to a folder has not made its listing anew.
            _patterns.RemoveAll(dirty =>
                call.Footprint.Writes.Any(write => write.Extent != Extent.Children && write.Covers(dirty)));
        }
    }
}

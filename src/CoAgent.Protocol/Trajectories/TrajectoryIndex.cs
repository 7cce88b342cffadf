using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Trajectories;

/// <summary>The trajectories T(o) of all objects, and who read them: finds what overlaps above a position.</summary>
/// <remarks>Costs with what is found, not with history (protocol.md, section 2).</remarks>
internal sealed class TrajectoryIndex(RuleSet rules)
{
    private readonly PatternIndex<Position, Call> _calls = new();
    private readonly bool _listings = rules.Keep(Rule.ListingsAreObjects);

    /// <summary>How many entries there are: what folding must bring back to nothing.</summary>
    public int EntryCount => _calls.Count;

    public void Add(Call call)
    {
        foreach (var pattern in call.Footprint.Writes)
        {
            if (Counts(pattern))
            {
                _calls.Add(Accesses.OfWrite(pattern), pattern, call.Position, call);
            }
        }

        foreach (var pattern in call.Footprint.Reads)
        {
            if (Counts(pattern))
            {
                _calls.Add(OfRead(call), pattern, call.Position, call);
            }
        }
    }

    public void Remove(Call call)
    {
        foreach (var pattern in call.Footprint.Writes)
        {
            Remove(Accesses.OfWrite(pattern), pattern, call);
        }

        foreach (var pattern in call.Footprint.Reads)
        {
            Remove(OfRead(call), pattern, call);
        }
    }

    /// <summary>Writes above a position that a read of the pattern sees.</summary>
    public void CollectWritesSeen(ObjectPattern pattern, Position floor, List<Call> into) =>
        Collect(Accesses.Writes, pattern, floor, into);

    /// <summary>Writes above a position that conflict with a write of the pattern.</summary>
    public void CollectConflicts(ObjectPattern pattern, Position floor, List<Call> into) =>
        Collect(Accesses.WritesMetBy(pattern) | Access.Input, pattern, floor, into);

    /// <summary>Recorded reads above a position that overlap the pattern.</summary>
    public void CollectReads(ObjectPattern pattern, Position floor, List<Call> into) =>
        Collect(Access.Read, pattern, floor, into);

    private void Collect(Access wanted, ObjectPattern pattern, Position floor, List<Call> into)
    {
        if (Counts(pattern))
        {
            _calls.CollectAbove(wanted, pattern, floor, into);
        }
    }

    private void Remove(Access access, ObjectPattern pattern, Call call) => Invariant.Require(
        !Counts(pattern) || _calls.Remove(access, pattern, call.Position, call), "a placed call is in its trajectories");

    private static Access OfRead(Call call) => call.Declaration.IsRead ? Access.Read : Access.Input;

    private bool Counts(ObjectPattern pattern) => _listings || pattern.Extent != Extent.Children;
}

using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>The applied calls above some places that conflict with them, closed upward (protocol.md, section 3, step 3).</summary>
/// <remarks>
/// Places are looked at in ascending order, so a pattern that was asked for once needs no second question: what lies above
/// the later place was found from the earlier one. The set costs with its own overlaps.
/// </remarks>
internal sealed class LaterSet(TrajectoryIndex trajectories, RuleSet rules)
{
    private readonly SortedDictionary<Position, Call> _members = [];
    private readonly PriorityQueue<Footprint, Position> _places = new();
    private readonly HashSet<ObjectPattern> _askedAsRead = [];
    private readonly HashSet<ObjectPattern> _askedAsWrite = [];
    private readonly List<Call> _found = [];

    public IReadOnlyCollection<Call> Members => _members.Values;

    /// <summary>Adds what lies above these places.</summary>
    public void AddAbove(IEnumerable<Call> places)
    {
        if (!rules.Keep(Rule.LaterSet))
        {
            return;
        }

        // New places may lie below what was asked for before.
        _askedAsRead.Clear();
        _askedAsWrite.Clear();
        foreach (var place in places)
        {
            _places.Enqueue(place.Footprint, place.Position);
        }

        while (_places.TryDequeue(out var footprint, out var position))
        {
            Ask(footprint, position);
        }
    }

    private void Ask(Footprint footprint, Position position)
    {
        _found.Clear();
        AskWrites(footprint.Writes, position);
        foreach (var pattern in footprint.Reads)
        {
            if (_askedAsRead.Add(pattern))
            {
                trajectories.CollectWritesSeen(pattern, position, _found);
            }
        }

        foreach (var call in _found)
        {
            if (_members.TryAdd(call.Position, call) && rules.Keep(Rule.LaterSetIsClosed))
            {
                _places.Enqueue(call.Footprint, call.Position);
            }
        }
    }

    private void AskWrites(ImmutableArray<ObjectPattern> writes, Position position)
    {
        foreach (var pattern in writes)
        {
            if (_askedAsWrite.Add(pattern))
            {
                trajectories.CollectConflicts(pattern, position, _found);
            }
        }
    }
}

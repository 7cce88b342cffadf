using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Quarantines;

/// <summary>What is quarantined in the workspace.</summary>
internal sealed class QuarantineList(RuleSet rules)
{
    private readonly SortedDictionary<long, Entry> _entries = [];
    private readonly PatternIndex<long, Quarantine> _objects = new();
    private readonly List<Quarantine> _found = [];
    private long _last;

    /// <summary>The quarantines, oldest first.</summary>
    public IEnumerable<Quarantine> All => _entries.Values.Select(entry => entry.Quarantine);

    public Quarantine Add(Call call, QuarantineReason reason)
    {
        var quarantine = new Quarantine(new QuarantineId(++_last), call.Id, call.Position.Rank, call.Footprint.Writes, reason);
        _entries.Add(_last, new Entry(quarantine, call));
        foreach (var pattern in quarantine.Objects)
        {
            _objects.Add(pattern, quarantine.Id.Number, quarantine);
        }

        return quarantine;
    }

    /// <summary>Ends a quarantine.</summary>
    /// <returns>It and its call; null when there is none of that name.</returns>
    public Entry? Remove(QuarantineId id)
    {
        if (!_entries.Remove(id.Number, out var entry))
        {
            return null;
        }

        foreach (var pattern in entry.Quarantine.Objects)
        {
            _objects.Remove(pattern, id.Number, entry.Quarantine);
        }

        return entry;
    }

    /// <summary>The oldest quarantine that a footprint meets; null when it meets none.</summary>
    public Quarantine? Find(Footprint footprint)
    {
        if (_entries.Count == 0 || !rules.Keep(Rule.QuarantineRefuses))
        {
            return null;
        }

        _found.Clear();
        foreach (var pattern in footprint.Writes)
        {
            _objects.CollectAll(pattern, _found);
        }

        foreach (var pattern in footprint.Reads)
        {
            _objects.CollectAll(pattern, _found);
        }

        return _found.MinBy(quarantine => quarantine.Id.Number);
    }

    /// <summary>A quarantine and the call in question.</summary>
    internal sealed record Entry(Quarantine Quarantine, Call Call);
}

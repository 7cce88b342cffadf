using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Quarantines;

/// <summary>What is quarantined in the workspace.</summary>
internal sealed class QuarantineList(RuleSet rules, long last = 0)
{
    private readonly SortedDictionary<long, Entry> _entries = [];
    private readonly PatternIndex<long, Quarantine> _objects = new();
    private readonly List<Quarantine> _found = [];
    private long _last = last;

    /// <summary>The number of the last one that was named.</summary>
    public long Last => _last;

    /// <summary>The quarantines, oldest first.</summary>
    public IEnumerable<Quarantine> All => _entries.Values.Select(entry => entry.Quarantine);

    public Quarantine Add(Call call, QuarantineReason reason)
    {
        var quarantine = new Quarantine(new QuarantineId(++_last), call.Id, call.Position.Rank, call.Footprint.Writes, reason);
        _entries.Add(_last, new Entry(quarantine, call));
        foreach (var pattern in quarantine.Objects)
        {
            _objects.Add(Access.Write, pattern, quarantine.Id.Number, quarantine);
        }

        return quarantine;
    }

    /// <summary>Ends a quarantine.</summary>
    public void Remove(Quarantine quarantine)
    {
        _entries.Remove(quarantine.Id.Number);
        foreach (var pattern in quarantine.Objects)
        {
            _objects.Remove(Access.Write, pattern, quarantine.Id.Number, quarantine);
        }
    }

    /// <summary>The quarantines of a transaction's calls: it does not finish before they are released.</summary>
    public ImmutableArray<QuarantineId> Of(TransactionState transaction) => _entries.Count == 0
        ? []
        : [.. _entries.Values.Where(entry => entry.Call.Transaction == transaction).Select(entry => entry.Quarantine.Id)];

    /// <summary>Whether a quarantine has not been released.</summary>
    public bool Has(QuarantineId id) => _entries.ContainsKey(id.Number);

    /// <summary>The oldest quarantine that a write meets; null when it meets none.</summary>
    public Quarantine? Find(Footprint footprint)
    {
        if (_entries.Count == 0 || !rules.Keep(Rule.QuarantineRefuses))
        {
            return null;
        }

        Collect(footprint);
        return _found.MinBy(quarantine => quarantine.Id.Number);
    }

    /// <summary>The oldest quarantine whose call lies below a read and may show in it; null when there is none.</summary>
    /// <remarks>Of a call above the read it does not matter whether it is there: it is hidden by what was captured for it.</remarks>
    public Quarantine? FindBelow(Call read)
    {
        if (_entries.Count == 0)
        {
            return null;
        }

        Collect(read.Footprint);
        return _found
            .Where(quarantine => _entries[quarantine.Id.Number].Call.Position < read.Position)
            .MinBy(quarantine => quarantine.Id.Number);
    }

    /// <summary>A quarantine and its call; null when there is none of that name.</summary>
    public Entry? Get(QuarantineId id) => _entries.GetValueOrDefault(id.Number);

    private void Collect(Footprint footprint)
    {
        _found.Clear();
        foreach (var pattern in footprint.Writes)
        {
            _objects.CollectAll(Access.Write, pattern, _found);
        }

        foreach (var pattern in footprint.Reads)
        {
            _objects.CollectAll(Access.Write, pattern, _found);
        }
    }

    /// <summary>A quarantine and the call in question.</summary>
    internal sealed record Entry(Quarantine Quarantine, Call Call);
}

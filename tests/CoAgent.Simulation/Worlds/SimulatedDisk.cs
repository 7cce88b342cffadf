using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Codec;
using CoAgent.Runtime.Tools;

namespace CoAgent.Simulation.Worlds;

/// <summary>What is left of a journal when its daemon is gone: the entries, without the oldest once nobody needs them.</summary>
/// <param name="random">How far a deletion comes at a time.</param>
/// <param name="entriesKept">How many entries are kept at least.</param>
internal sealed class SimulatedDisk(Random random, int entriesKept)
{
    private readonly List<JournalEntry> _all = [];
    private int _beginning;
    private int _deletedCount;

    /// <summary>All that was ever kept, also what is deleted since.</summary>
    public IReadOnlyList<JournalEntry> All => _all;

    public Dictionary<ContentId, ReadOnlyMemory<byte>> Contents { get; } = [];

    /// <summary>How many entries are deleted.</summary>
    public int DeletedCount => _deletedCount;

    /// <summary>How many of the entries say what was left where nothing was open.</summary>
    public int RestCount => _all.Count(static entry => entry is JournalEntry.Rested);

    /// <summary>Keeps entries as a disk does, as bytes; deletes some of the oldest, whose deletion may be interrupted anywhere.</summary>
    public void Keep(IEnumerable<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            _all.Add(JournalCodec.Decode(JournalCodec.Encode(entry), _all.Count + 1, writer: null));
            if (entry is JournalEntry.Rested)
            {
                _beginning = Math.Max(_beginning, LastRest(_all.Count - entriesKept) ?? 0);
            }

            if (_deletedCount < _beginning)
            {
                _deletedCount += random.Next(_beginning - _deletedCount + 1);
            }
        }
    }

    /// <summary>What a journal reads that is there: from its beginning, or from where nothing was open.</summary>
    public JournalEntry[] ReadAll() =>
        [.. _all.Skip(_deletedCount == 0 ? 0 : _all.FindIndex(_deletedCount, static entry => entry is JournalEntry.Rested))];

    /// <summary>What it takes to go on.</summary>
    public JournalEntry[] ReadSinceRest() => [.. _all.Skip(LastRest(_all.Count) ?? 0)];

    /// <summary>Where the last of the first so many entries stands that says that nothing was open; null when none does.</summary>
    private int? LastRest(int count)
    {
        var at = count <= 0 ? -1 : _all.FindLastIndex(count - 1, static entry => entry is JournalEntry.Rested);
        return at < _deletedCount ? null : at;
    }
}

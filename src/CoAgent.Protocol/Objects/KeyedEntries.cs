using System.Runtime.InteropServices;

namespace CoAgent.Protocol.Objects;

/// <summary>
/// The entries of one object that do the same with as much of it, in the order of their keys; of the same key, in the
/// order in which they were added. One entry, the usual count, is held in place: most objects are touched once.
/// </summary>
internal sealed class KeyedEntries<TKey, TValue>(Access access, Extent extent, KeyedEntries<TKey, TValue>? next)
    where TKey : IComparable<TKey>
{
    private const int SlotsMin = 4;

    // With one entry it is here, with more all are in the array.
    private Entry _single;
    private Entry[]? _several;
    private int _count;

    internal Access Access { get; } = access;

    internal Extent Extent { get; } = extent;

    /// <summary>Other entries of the object; null when these are the last.</summary>
    internal KeyedEntries<TKey, TValue>? Next { get; set; } = next;

    internal bool IsEmpty => _count == 0;

    private ReadOnlySpan<Entry> Entries =>
        _several is null ? new ReadOnlySpan<Entry>(in _single)[.._count] : _several.AsSpan(0, _count);

    internal void Add(TKey key, TValue value)
    {
        var entry = new Entry(key, value);
        if (_count == 0)
        {
            _single = entry;
        }
        else
        {
            Insert(CountUpTo(key), entry);
        }

        _count++;
    }

    /// <summary>Drops one entry of that key and value; false when there is none.</summary>
    internal bool Remove(TKey key, TValue value)
    {
        var entries = Entries;
        for (var at = CountUpTo(key) - 1; at >= 0 && entries[at].Key.CompareTo(key) == 0; at--)
        {
            if (EqualityComparer<TValue>.Default.Equals(entries[at].Value, value))
            {
                RemoveAt(at);
                return true;
            }
        }

        return false;
    }

    internal void CollectAbove(TKey floor, List<TValue> into)
    {
        foreach (ref readonly var entry in Entries[CountUpTo(floor)..])
        {
            into.Add(entry.Value);
        }
    }

    internal void CollectAll(List<TValue> into)
    {
        foreach (ref readonly var entry in Entries)
        {
            into.Add(entry.Value);
        }
    }

    /// <summary>How many entries have that key or a lower one. The top is tried first: most come in order.</summary>
    private int CountUpTo(TKey key)
    {
        var entries = Entries;
        if (entries.IsEmpty || entries[^1].Key.CompareTo(key) <= 0)
        {
            return entries.Length;
        }

        var (low, high) = (0, entries.Length - 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (entries[middle].Key.CompareTo(key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Insert(int at, Entry entry)
    {
        if (_several is null)
        {
            _several = new Entry[SlotsMin];
            _several[0] = _single;
            _single = default;
        }
        else if (_several.Length == _count)
        {
            Array.Resize(ref _several, _count * 2);
        }

        Array.Copy(_several, at, _several, at + 1, _count - at);
        _several[at] = entry;
    }

    private void RemoveAt(int at)
    {
        _count--;
        if (_several is null)
        {
            _single = default;
            return;
        }

        Array.Copy(_several, at + 1, _several, at, _count - at);
        _several[_count] = default;
        if (_count == 1)
        {
            _single = _several[0];
            _several = null;
        }
        else if (_several.Length > SlotsMin && _count <= _several.Length / 4)
        {
            Array.Resize(ref _several, _several.Length / 2);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(TKey Key, TValue Value);
}

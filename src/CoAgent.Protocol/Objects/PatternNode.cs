namespace CoAgent.Protocol.Objects;

/// <summary>What the index of patterns knows of one object: its entries, and where it lies among the others.</summary>
/// <remarks>Kept small, for there is one for each object that anything touched: most have one or two kinds of entries.</remarks>
internal sealed class PatternNode<TKey, TValue>
    where TKey : IComparable<TKey>
{
    private KeyedEntries<TKey, TValue>? _entries;
    private PatternNode<TKey, TValue>? _firstBelow;
    private PatternNode<TKey, TValue>? _nextBeside;
    private PatternNode<TKey, TValue>? _previousBeside;

    /// <summary>The node above all roots.</summary>
    internal PatternNode()
    {
    }

    /// <summary>Puts a node below another, before the others there.</summary>
    internal PatternNode(IdPrefix name, PatternNode<TKey, TValue> above)
    {
        Name = name;
        PutBelow(above);
    }

    internal IdPrefix Name { get; }

    /// <summary>The object one segment up; null above all roots.</summary>
    internal PatternNode<TKey, TValue>? Above { get; private set; }

    /// <summary>One of the objects one segment down; null when there is none.</summary>
    internal PatternNode<TKey, TValue>? FirstBelow => _firstBelow;

    /// <summary>Whether nothing is kept of this object or of any below.</summary>
    internal bool IsEmpty => _entries is null && _firstBelow is null;

    internal void Add(Access access, Extent extent, TKey key, TValue value)
    {
        var entries = Find(access, extent) ?? (_entries = new KeyedEntries<TKey, TValue>(access, extent, _entries));
        entries.Add(key, value);
    }

    /// <summary>Drops one such entry; false when there is none.</summary>
    internal bool Remove(Access access, Extent extent, TKey key, TValue value)
    {
        if (Find(access, extent) is not { } entries || !entries.Remove(key, value))
        {
            return false;
        }

        if (entries.IsEmpty)
        {
            Drop(entries);
        }

        return true;
    }

    /// <summary>Takes an empty node away from the one above.</summary>
    internal void Unlink()
    {
        _nextBeside?._previousBeside = _previousBeside;
        if (_previousBeside is not null)
        {
            _previousBeside._nextBeside = _nextBeside;
        }
        else
        {
            Above?._firstBelow = _nextBeside;
        }
    }

    /// <summary>Takes a node from where it is to another place.</summary>
    internal void Move(PatternNode<TKey, TValue> above)
    {
        Unlink();
        _previousBeside = null;
        PutBelow(above);
    }

    /// <summary>Gives the entries that reach down to what lies below this object.</summary>
    internal void CollectReaching(in PatternQuery<TKey, TValue> query)
    {
        for (var entries = _entries; entries is not null; entries = entries.Next)
        {
            if (entries.Extent == Extent.Subtree)
            {
                query.Take(entries);
            }
        }
    }

    /// <summary>Gives the entries of this object that overlap that much of it.</summary>
    internal void Collect(Extent extent, in PatternQuery<TKey, TValue> query)
    {
        for (var entries = _entries; entries is not null; entries = entries.Next)
        {
            if (entries.Extent == extent || entries.Extent == Extent.Subtree || extent == Extent.Subtree)
            {
                query.Take(entries);
            }
        }
    }

    /// <summary>Gives every entry at and below this object.</summary>
    internal void CollectSubtree(in PatternQuery<TKey, TValue> query)
    {
        Collect(Extent.Subtree, in query);
        for (var below = _firstBelow; below is not null; below = below._nextBeside)
        {
            below.CollectSubtree(in query);
        }
    }

    private void PutBelow(PatternNode<TKey, TValue> above)
    {
        Above = above;
        _nextBeside = above._firstBelow;
        _nextBeside?._previousBeside = this;
        above._firstBelow = this;
    }

    private KeyedEntries<TKey, TValue>? Find(Access access, Extent extent)
    {
        var entries = _entries;
        while (entries is not null && (entries.Access != access || entries.Extent != extent))
        {
            entries = entries.Next;
        }

        return entries;
    }

    private void Drop(KeyedEntries<TKey, TValue> empty)
    {
        if (_entries == empty)
        {
            _entries = empty.Next;
            return;
        }

        var before = _entries;
        while (before?.Next != empty)
        {
            before = before?.Next;
        }

        before?.Next = empty.Next;
    }
}

/// <summary>Which entries are asked for, and where they go.</summary>
internal readonly ref struct PatternQuery<TKey, TValue>
    where TKey : IComparable<TKey>
{
    private readonly Access _wanted;
    private readonly TKey _floor;
    private readonly bool _hasFloor;
    private readonly List<TValue> _into;

    /// <summary>Asks for all entries that do any of that.</summary>
    internal PatternQuery(Access wanted, List<TValue> into)
        : this(wanted, default!, into) => _hasFloor = false;

    /// <summary>Asks for those whose key is above the floor.</summary>
    internal PatternQuery(Access wanted, TKey floor, List<TValue> into)
    {
        _wanted = wanted;
        _floor = floor;
        _hasFloor = true;
        _into = into;
    }

    internal void Take(KeyedEntries<TKey, TValue> entries)
    {
        if ((entries.Access & _wanted) == Access.None)
        {
            return;
        }

        if (_hasFloor)
        {
            entries.CollectAbove(_floor, _into);
        }
        else
        {
            entries.CollectAll(_into);
        }
    }
}

namespace CoAgent.Protocol.Objects;

/// <summary>What the index of patterns knows of one object: its entries, and the objects below.</summary>
/// <remarks>Kept small, for there is one for each object that anything touched: what is rare is beside it.</remarks>
internal sealed class PatternNode<TKey, TValue>
    where TKey : IComparable<TKey>
{
    private KeyedEntries<TKey, TValue> _content;
    private Wide? _wide;

    /// <summary>The nodes one segment below.</summary>
    internal ChildNodes Below;

    /// <summary>Whether nothing is kept of this object itself.</summary>
    internal bool HasNoEntries => _content.IsEmpty && _wide is null;

    internal void Add(Extent extent, TKey key, TValue value)
    {
        switch (extent)
        {
            case Extent.Node:
                _content.Add(key, value);
                break;
            case Extent.Children:
                (_wide ??= new Wide()).Listing.Add(key, value);
                break;
            case Extent.Subtree:
                (_wide ??= new Wide()).Subtree.Add(key, value);
                break;
        }
    }

    internal bool Remove(Extent extent, TKey key, TValue value)
    {
        if (extent == Extent.Node)
        {
            return _content.Remove(key, value);
        }

        if (_wide is null)
        {
            return false;
        }

        var removed = extent == Extent.Children
            ? _wide.Listing.Remove(key, value)
            : _wide.Subtree.Remove(key, value);
        _wide = _wide is { Listing.IsEmpty: true, Subtree.IsEmpty: true } ? null : _wide;
        return removed;
    }

    /// <summary>Gives the entries that overlap any pattern at or below this object.</summary>
    internal void CollectSubtree(in PatternQuery<TKey, TValue> query)
    {
        if (_wide is not null)
        {
            query.Take(in _wide.Subtree);
        }
    }

    /// <summary>Gives the entries of this object that overlap that much of it, its subtree's apart.</summary>
    internal void CollectOwn(Extent extent, in PatternQuery<TKey, TValue> query)
    {
        if (extent != Extent.Children)
        {
            query.Take(in _content);
        }

        if (extent != Extent.Node && _wide is not null)
        {
            query.Take(in _wide.Listing);
        }
    }

    /// <summary>Gives every entry at and below this object.</summary>
    internal void CollectAll(in PatternQuery<TKey, TValue> query)
    {
        CollectSubtree(in query);
        CollectOwn(Extent.Subtree, in query);
        foreach (PatternNode<TKey, TValue> child in Below)
        {
            child.CollectAll(in query);
        }
    }

    private sealed class Wide
    {
        internal KeyedEntries<TKey, TValue> Listing;
        internal KeyedEntries<TKey, TValue> Subtree;
    }
}

/// <summary>Which entries are asked for, and where they go.</summary>
internal readonly ref struct PatternQuery<TKey, TValue>
    where TKey : IComparable<TKey>
{
    private readonly TKey _floor;
    private readonly bool _hasFloor;
    private readonly List<TValue> _into;

    /// <summary>Asks for all entries.</summary>
    internal PatternQuery(List<TValue> into)
        : this(default!, into) => _hasFloor = false;

    /// <summary>Asks for the entries whose key is above the floor.</summary>
    internal PatternQuery(TKey floor, List<TValue> into)
    {
        _floor = floor;
        _hasFloor = true;
        _into = into;
    }

    internal void Take(in KeyedEntries<TKey, TValue> entries)
    {
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

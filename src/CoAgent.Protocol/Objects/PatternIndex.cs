namespace CoAgent.Protocol.Objects;

/// <summary>
/// Values under patterns and keys, and what they do there, to be found by what overlaps a pattern: which later calls
/// meet a footprint, who waits for an object (protocol, sections 3 to 5).
/// </summary>
/// <remarks>
/// <para>
/// Every object that holds entries, or lies above some that do, has a node that is found by its name at once. A question
/// costs what it finds; about a subtree also the nodes below. What reaches down from above is looked for only while there
/// is such an entry, from node to node; while nobody says or asks anything of a subtree, objects are not even linked. Of
/// each object, extent and access the entries are in key order, so that what lies at or below a floor is not looked at.
/// </para>
/// <para>
/// The same adds and removes give the same answers in the same order, in every process: nothing is ever listed by hash.
/// The memory of what is removed is given back. Owned by one writer; not safe for several threads.
/// </para>
/// </remarks>
/// <typeparam name="TKey">Where an entry stands, as a position.</typeparam>
/// <typeparam name="TValue">What is found; told apart by its own equality.</typeparam>
internal sealed class PatternIndex<TKey, TValue>
    where TKey : IComparable<TKey>
{
    // A table of less room is not worth making smaller.
    internal const int RoomMin = 256;

    private readonly Dictionary<IdPrefix, PatternNode<TKey, TValue>> _nodes = [];

    // Above all roots: its entries are those of everything.
    private readonly PatternNode<TKey, TValue> _top = new();

    // Objects that nobody has asked to find from above yet: finding their places costs most of adding them.
    private readonly PatternNode<TKey, TValue> _loose = new();
    private bool _hasPlaces;
    private int _subtreeCount;

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many objects hold entries or, where subtrees matter, lie above some that do.</summary>
    internal int NodeCount => _nodes.Count;

    /// <summary>How many objects there is room for.</summary>
    internal int Room => _nodes.Capacity;

    /// <summary>Adds an entry. What is added several times is found and removed as often.</summary>
    public void Add(Access access, ObjectPattern pattern, TKey key, TValue value)
    {
        UseSubtree(pattern);
        var node = pattern.Id is { } id ? NodeOf(new IdPrefix(id)) : _top;
        node.Add(access, pattern.Extent, key, value);
        Counted(pattern, change: 1);
    }

    /// <summary>Removes one entry that was added so; false when there is none.</summary>
    public bool Remove(Access access, ObjectPattern pattern, TKey key, TValue value)
    {
        var node = pattern.Id is { } id ? _nodes.GetValueOrDefault(new IdPrefix(id)) : _top;
        if (node is null || !node.Remove(access, pattern.Extent, key, value))
        {
            return false;
        }

        Counted(pattern, change: -1);
        for (; node != _loose && node is { IsEmpty: true, Above: { } above }; node = above)
        {
            node.Unlink();
            _nodes.Remove(node.Name);
        }

        _hasPlaces &= Count > 0;

        if (Room > RoomMin && NodeCount < Room / 4)
        {
            _nodes.TrimExcess(Room / 2);
        }

        return true;
    }

    /// <summary>
    /// Gives every value that does something wanted, whose pattern overlaps this one and whose key is above the floor. A
    /// value that was added under several such patterns comes several times.
    /// </summary>
    public void CollectAbove(Access wanted, ObjectPattern pattern, TKey floor, List<TValue> into) =>
        Collect(pattern, new PatternQuery<TKey, TValue>(wanted, floor, into));

    /// <summary>Gives every value that does something wanted and whose pattern overlaps this one, as often as it was added so.</summary>
    public void CollectAll(Access wanted, ObjectPattern pattern, List<TValue> into) =>
        Collect(pattern, new PatternQuery<TKey, TValue>(wanted, into));

    private void Collect(ObjectPattern pattern, PatternQuery<TKey, TValue> query)
    {
        UseSubtree(pattern);
        if (pattern.Id is not { } id)
        {
            _top.CollectSubtree(in query);
            return;
        }

        var name = new IdPrefix(id);
        var node = _nodes.GetValueOrDefault(name);
        if (_subtreeCount > 0)
        {
            for (var above = node is null ? NearestTo(name) : node.Above; above is not null; above = above.Above)
            {
                above.CollectReaching(in query);
            }
        }

        if (pattern.Extent == Extent.Subtree)
        {
            node?.CollectSubtree(in query);
        }
        else
        {
            node?.Collect(pattern.Extent, in query);
        }
    }

    private void Counted(ObjectPattern pattern, int change)
    {
        Count += change;
        _subtreeCount += pattern.Extent == Extent.Subtree ? change : 0;
    }

    /// <summary>Gives every object its place below others, from the first time that somebody asks or says something of a subtree.</summary>
    private void UseSubtree(ObjectPattern pattern)
    {
        if (pattern.Extent != Extent.Subtree || _hasPlaces)
        {
            return;
        }

        _hasPlaces = true;
        while (_loose.FirstBelow is { } node)
        {
            node.Move(NodeOf(node.Name.Above));
        }
    }

    /// <summary>The lowest node above an object that has none.</summary>
    private PatternNode<TKey, TValue> NearestTo(IdPrefix name)
    {
        PatternNode<TKey, TValue>? node = null;
        for (name = name.Above; !name.IsEmpty && !_nodes.TryGetValue(name, out node); name = name.Above)
        {
        }

        return node ?? _top;
    }

    private PatternNode<TKey, TValue> NodeOf(IdPrefix name)
    {
        if (name.IsEmpty)
        {
            return _top;
        }

        if (!_nodes.TryGetValue(name, out var node))
        {
            node = new PatternNode<TKey, TValue>(name, _hasPlaces ? NodeOf(name.Above) : _loose);
            _nodes.Add(name, node);
        }

        return node;
    }
}

namespace CoAgent.Protocol.Objects;

/// <summary>
/// Values under patterns and keys, to be found by what overlaps a pattern: which later calls meet a footprint, who
/// waits for an object (protocol, sections 3 to 5).
/// </summary>
/// <remarks>
/// <para>
/// A tree by segment. A question costs the depth of its object and what it finds; about a subtree also the nodes with
/// entries below. Of each object and extent the entries are in key order, so that what lies at or below a floor is not
/// looked at.
/// </para>
/// <para>
/// The same adds and removes give the same answers in the same order, in every process. The memory of what is removed
/// is given back. Owned by one writer; not safe for several threads.
/// </para>
/// </remarks>
/// <typeparam name="TKey">Where an entry stands, as a position.</typeparam>
/// <typeparam name="TValue">What is found; told apart by its own equality.</typeparam>
public sealed class PatternIndex<TKey, TValue>
    where TKey : IComparable<TKey>
{
    // Above all schemes: its subtree's entries are those of everything.
    private readonly PatternNode<TKey, TValue> _top = new();

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many objects hold entries or lie above some that do.</summary>
    internal int NodeCount { get; private set; }

    /// <summary>Adds an entry. What is added several times is found and removed as often.</summary>
    public void Add(ObjectPattern pattern, TKey key, TValue value)
    {
        var node = _top;
        foreach (var segment in SegmentsOf(pattern))
        {
            var below = (PatternNode<TKey, TValue>?)node.Below.Find(segment);
            if (below is null)
            {
                below = new PatternNode<TKey, TValue>();
                node.Below.Add(segment, below);
                NodeCount++;
            }

            node = below;
        }

        node.Add(pattern.Extent, key, value);
        Count++;
    }

    /// <summary>Removes one entry that was added with that pattern, key and value; false when there is none.</summary>
    public bool Remove(ObjectPattern pattern, TKey key, TValue value)
    {
        var node = _top;
        var kept = _top; // the lowest node above that stays when the path below it goes
        ReadOnlySpan<char> cut = default;
        var cutCount = 0;
        foreach (var segment in SegmentsOf(pattern))
        {
            if (node == _top || !node.HasNoEntries || node.Below.HasSeveral)
            {
                kept = node;
                cut = segment;
                cutCount = 0;
            }

            if (node.Below.Find(segment) is not PatternNode<TKey, TValue> below)
            {
                return false;
            }

            node = below;
            cutCount++;
        }

        if (!node.Remove(pattern.Extent, key, value))
        {
            return false;
        }

        Count--;
        if (node != _top && node.HasNoEntries && node.Below.IsEmpty)
        {
            kept.Below.Remove(cut);
            NodeCount -= cutCount;
        }

        return true;
    }

    /// <summary>
    /// Gives every value whose pattern overlaps this one and whose key is above the floor. A value that was added under
    /// several such patterns comes several times.
    /// </summary>
    public void CollectAbove(ObjectPattern pattern, TKey floor, List<TValue> into) =>
        Collect(pattern, new PatternQuery<TKey, TValue>(floor, into));

    /// <summary>Gives every value whose pattern overlaps this one, as often as it was added so.</summary>
    public void CollectAll(ObjectPattern pattern, List<TValue> into) =>
        Collect(pattern, new PatternQuery<TKey, TValue>(into));

    private void Collect(ObjectPattern pattern, PatternQuery<TKey, TValue> query)
    {
        var node = _top;
        foreach (var segment in SegmentsOf(pattern))
        {
            node.CollectSubtree(in query);
            if (node.Below.Find(segment) is not PatternNode<TKey, TValue> below)
            {
                return;
            }

            node = below;
        }

        if (pattern.Extent == Extent.Subtree)
        {
            node.CollectAll(in query);
        }
        else
        {
            node.CollectSubtree(in query);
            node.CollectOwn(pattern.Extent, in query);
        }
    }

    private static SegmentSpans SegmentsOf(ObjectPattern pattern) => pattern.Id is null ? default : pattern.Id.Path;
}

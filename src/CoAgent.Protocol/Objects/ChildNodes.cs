using System.Runtime.InteropServices;

namespace CoAgent.Protocol.Objects;

/// <summary>
/// The children of one node by segment. Most nodes have none or few: those are a short list, searched one by one; many
/// are a dictionary. Children come in an order that depends on what was added and removed, and on nothing else.
/// </summary>
internal struct ChildNodes<TNode>
    where TNode : class
{
    /// <summary>The longest list; one more child makes it a dictionary.</summary>
    internal const int FewMax = 8;

    // Null, KeyValuePair<string, TNode>[] (filled from the front) or Dictionary<string, TNode>: one word in each node.
    private object? _children;

    /// <summary>How many children there are.</summary>
    internal readonly int Count => Many?.Count ?? CountOf(Few);

    private readonly KeyValuePair<string, TNode>[] Few => _children as KeyValuePair<string, TNode>[] ?? [];

    private readonly Dictionary<string, TNode>? Many => _children as Dictionary<string, TNode>;

    /// <summary>The child of that segment; null when there is none.</summary>
    internal readonly TNode? Find(string segment)
    {
        if (Many is { } many)
        {
            return many.GetValueOrDefault(segment);
        }

        foreach (ref readonly var child in Few.AsSpan())
        {
            if (child.Key == segment)
            {
                return child.Value;
            }
        }

        return null;
    }

    /// <summary>Puts a child at a segment that has none.</summary>
    internal void Add(string segment, TNode node)
    {
        if (Many is { } many)
        {
            many.Add(segment, node);
            return;
        }

        var few = Few;
        var count = CountOf(few);
        if (count == FewMax)
        {
            _children = new Dictionary<string, TNode>(few) { { segment, node } };
            return;
        }

        if (count == few.Length)
        {
            Array.Resize(ref few, Math.Max(1, count * 2));
            _children = few;
        }

        few[count] = new(segment, node);
    }

    /// <summary>Takes a child away, and gives memory back when much of it is unused.</summary>
    internal void Remove(string segment)
    {
        if (Many is not { } many)
        {
            RemoveFromFew(segment);
            return;
        }

        many.Remove(segment);
        if (many.Count <= FewMax / 2)
        {
            _children = many.ToArray();
        }
        else if (many.Count < many.Capacity / 4)
        {
            many.TrimExcess(many.Count * 2);
        }
    }

    /// <summary>The children one after the other, without an allocation.</summary>
    public readonly Enumerator GetEnumerator() => new(Few, Many);

    private void RemoveFromFew(string segment)
    {
        var few = Few;
        var count = CountOf(few);
        var at = Array.FindIndex(few, 0, count, child => child.Key == segment);
        few.AsSpan(at + 1, count - at - 1).CopyTo(few.AsSpan(at));
        few[count - 1] = default;
        if (count == 1)
        {
            _children = null;
        }
        else if (count - 1 <= few.Length / 4)
        {
            Array.Resize(ref few, few.Length / 2);
            _children = few;
        }
    }

    private static int CountOf(KeyValuePair<string, TNode>[] few)
    {
        var count = 0;
        while (count < few.Length && few[count].Key is not null)
        {
            count++;
        }

        return count;
    }

    /// <summary>Goes over the children.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal struct Enumerator
    {
        private readonly KeyValuePair<string, TNode>[] _few;
        private readonly bool _isMany;
        private Dictionary<string, TNode>.Enumerator _many;
        private int _next;

        internal Enumerator(KeyValuePair<string, TNode>[] few, Dictionary<string, TNode>? many)
        {
            _few = few;
            _isMany = many is not null;
            _many = many?.GetEnumerator() ?? default;
        }

        /// <summary>The child that was come to.</summary>
        public TNode Current { get; private set; } = null!;

        /// <summary>Goes on to the next child; false when there is none.</summary>
        public bool MoveNext()
        {
            if (_isMany)
            {
                var moved = _many.MoveNext();
                Current = moved ? _many.Current.Value : Current;
                return moved;
            }

            if (_next == _few.Length || _few[_next].Key is null)
            {
                return false;
            }

            Current = _few[_next++].Value;
            return true;
        }
    }
}

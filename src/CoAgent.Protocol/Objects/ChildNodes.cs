using System.Runtime.InteropServices;

namespace CoAgent.Protocol.Objects;

/// <summary>
/// The children of one node by segment. Most nodes have none or few: those are a short list, searched one by one; many
/// are a dictionary. Children come in an order that depends on what was added and removed, and on nothing else.
/// </summary>
/// <remarks>Nodes are plain objects here: to find out a generic type at each step costs more than a cast.</remarks>
internal struct ChildNodes
{
    /// <summary>The longest list; one more child makes it a dictionary.</summary>
    internal const int FewMax = 8;

    // Null, KeyValuePair<string, object>[] (filled from the front) or Dictionary<string, object>: one word a node.
    private object? _children;

    internal readonly bool IsEmpty => _children is null;

    internal readonly bool HasSeveral => Many is not null || CountOf(Few) > 1;

    private readonly KeyValuePair<string, object>[] Few => _children as KeyValuePair<string, object>[] ?? [];

    private readonly Dictionary<string, object>? Many => _children as Dictionary<string, object>;

    /// <summary>The child of that segment; null when there is none.</summary>
    internal readonly object? Find(ReadOnlySpan<char> segment)
    {
        if (Many is { } many)
        {
            return many.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var node) ? node : null;
        }

        foreach (ref readonly var child in Few.AsSpan())
        {
            if (segment.SequenceEqual(child.Key))
            {
                return child.Value;
            }
        }

        return null;
    }

    /// <summary>Puts a child at a segment that has none.</summary>
    internal void Add(ReadOnlySpan<char> segment, object node)
    {
        var key = segment.ToString();
        if (Many is { } many)
        {
            many.Add(key, node);
            return;
        }

        var few = Few;
        var count = CountOf(few);
        if (count == FewMax)
        {
            _children = new Dictionary<string, object>(few) { { key, node } };
            return;
        }

        if (count == few.Length)
        {
            Array.Resize(ref few, Math.Max(1, count * 2));
            _children = few;
        }

        few[count] = new(key, node);
    }

    /// <summary>Takes a child away, and gives memory back when much of it is unused.</summary>
    internal void Remove(ReadOnlySpan<char> segment)
    {
        if (Many is not { } many)
        {
            RemoveFromFew(segment);
            return;
        }

        many.GetAlternateLookup<ReadOnlySpan<char>>().Remove(segment);
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

    private void RemoveFromFew(ReadOnlySpan<char> segment)
    {
        var few = Few;
        var count = CountOf(few);
        var at = 0;
        while (!segment.SequenceEqual(few[at].Key))
        {
            at++;
        }

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

    private static int CountOf(KeyValuePair<string, object>[] few)
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
        private readonly KeyValuePair<string, object>[] _few;
        private readonly bool _isMany;
        private Dictionary<string, object>.Enumerator _many;
        private int _next;

        internal Enumerator(KeyValuePair<string, object>[] few, Dictionary<string, object>? many)
        {
            _few = few;
            _isMany = many is not null;
            _many = many?.GetEnumerator() ?? default;
        }

        /// <summary>The child that was come to.</summary>
        public object Current { get; private set; } = null!;

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

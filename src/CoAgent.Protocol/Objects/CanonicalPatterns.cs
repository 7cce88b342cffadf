using System.Collections.Immutable;

namespace CoAgent.Protocol.Objects;

/// <summary>Patterns in order, none of which covers another.</summary>
internal static class CanonicalPatterns
{
    /// <summary>The least patterns that name the same state.</summary>
    internal static ImmutableArray<ObjectPattern> Of(IEnumerable<ObjectPattern> patterns)
    {
        var ordered = patterns.ToArray();
        Array.Sort(ordered);
        var kept = 0;
        foreach (var pattern in ordered)
        {
            // What covers a pattern comes before it, and so is all in between covered: only the last kept can cover it.
            if (kept == 0 || !ordered[kept - 1].Covers(pattern))
            {
                ordered[kept++] = pattern;
            }
        }

        return ImmutableArray.Create(ordered, 0, kept);
    }

    /// <summary>Whether one of the left overlaps one of the right; both are canonical.</summary>
    internal static bool Overlap(ImmutableArray<ObjectPattern> left, ImmutableArray<ObjectPattern> right)
    {
        var (few, many) = left.Length <= right.Length ? (left, right) : (right, left);
        foreach (var pattern in few)
        {
            if (Overlap(many, pattern))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The one pattern that may lie above the given one stands just before its place, and whatever lies at it or below
    /// it begins at its place: two comparisons decide.
    /// </summary>
    private static bool Overlap(ImmutableArray<ObjectPattern> ordered, ObjectPattern pattern)
    {
        var place = PlaceOf(ordered, pattern);
        return (place > 0 && ordered[place - 1].Overlaps(pattern))
            || (place < ordered.Length && ordered[place].Overlaps(pattern));
    }

    /// <summary>How many come before the pattern.</summary>
    private static int PlaceOf(ImmutableArray<ObjectPattern> ordered, ObjectPattern pattern)
    {
        var (low, high) = (0, ordered.Length);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (ordered[middle] < pattern)
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
}

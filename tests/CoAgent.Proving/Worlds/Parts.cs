using System.Collections.Frozen;
using System.Collections.Immutable;
using CoAgent.Protocol.Objects;

namespace CoAgent.Proving.Worlds;

/// <summary>A set of what the world has: contents of objects and listings of directories.</summary>
/// <param name="Bits">One bit for each object, then one for each directory.</param>
internal readonly record struct Parts(int Bits)
{
    private static readonly ImmutableArray<ObjectPattern> Known =
        [.. Place.All.Select(place => place.Node), .. Place.Directories.Select(Place.ListingOf)];

    private static readonly FrozenDictionary<ObjectPattern, int> BitsOf =
        Known.Select((pattern, i) => KeyValuePair.Create(pattern, 1 << i)).ToFrozenDictionary();

    /// <summary>Those of the set that are contents of objects: two writers of one listing do not meet in it.</summary>
    public Parts Contents => new(Bits & ((1 << Place.All.Length) - 1));

    /// <summary>What those entries of footprints name.</summary>
    public static Parts Of(ImmutableArray<ObjectPattern> patterns)
    {
        var bits = 0;
        foreach (var pattern in patterns)
        {
            bits |= BitsOf.TryGetValue(pattern, out var bit) ? bit : Overlapping(pattern);
        }

        return new Parts(bits);
    }

    private static int Overlapping(ObjectPattern pattern) =>
        Known.Select((known, i) => known.Overlaps(pattern) ? 1 << i : 0).Sum();

    public bool Has(Place place) => (Bits & (1 << place.Index)) != 0;

    public bool Overlaps(Parts other) => (Bits & other.Bits) != 0;

    public static Parts operator |(Parts left, Parts right) => new(left.Bits | right.Bits);

    public static Parts operator -(Parts left, Parts right) => new(left.Bits & ~right.Bits);
}

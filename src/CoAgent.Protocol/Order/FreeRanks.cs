using System.Collections.Immutable;

namespace CoAgent.Protocol.Order;

/// <summary>Finds the gaps between ranks that are in use.</summary>
internal static class FreeRanks
{
    /// <summary>How many ranges are told; of more, the lowest and the last.</summary>
    public const int RangesMax = 8;

    /// <summary>The ranks above <paramref name="finished"/> up to <paramref name="ceiling"/> that are not in use.</summary>
    /// <param name="finished">The highest rank that is out of reach; null when none is.</param>
    /// <param name="ceiling">The highest rank in question.</param>
    /// <param name="used">The ranks in use, ascending.</param>
    public static ImmutableArray<RankRange> Between(Rank? finished, Rank ceiling, IEnumerable<Rank> used)
    {
        var ranges = new List<RankRange>();
        var next = (finished?.Value ?? 0) + 1;
        foreach (var rank in used.Where(rank => rank.Value >= next))
        {
            if (rank.Value > next)
            {
                ranges.Add(new RankRange(new Rank(next), new Rank(rank.Value - 1)));
            }

            next = rank.Value + 1;
        }

        if (next <= ceiling.Value)
        {
            ranges.Add(new RankRange(new Rank(next), ceiling));
        }

        return ranges.Count <= RangesMax ? [.. ranges] : [.. ranges.Take(RangesMax - 1), ranges[^1]];
    }
}

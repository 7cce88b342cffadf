using System.Collections.Immutable;

namespace CoAgent.Protocol.Order;

/// <summary>The serial order as the configuration declares it: which agents have a rank before they come.</summary>
/// <remarks>
/// The k names before <c>*</c> have the ranks 1 to k. The names after it have the ranks B, 2B, 3B, … with B =
/// <see cref="BandRanks"/>: what lies between is for agents that are not named. Without a <c>*</c> it is at the end.
/// </remarks>
public sealed class DeclaredOrder
{
    /// <summary>How many ranks lie before each name that comes after the arrivals.</summary>
    public const long BandRanks = 1_000_000_000;

    /// <summary>How many entries an order can have.</summary>
    public const int EntriesMax = 1000;

    private readonly ImmutableDictionary<AgentId, DeclaredPlace> _places;

    private DeclaredOrder(ImmutableArray<DeclaredPlace> places, int earlyCount)
    {
        Places = places;
        LastEarlyRank = earlyCount;
        _places = places.ToImmutableDictionary(place => place.Agent);
    }

    /// <summary>No declaration: the order of arrival.</summary>
    public static DeclaredOrder None { get; } = new([], earlyCount: 0);

    /// <summary>The named agents, in order.</summary>
    public ImmutableArray<DeclaredPlace> Places { get; }

    /// <summary>The number of the last rank before the arrivals' first.</summary>
    internal long LastEarlyRank { get; }

    /// <summary>The order that these entries declare. Names come once, <c>*</c> at most once, without await.</summary>
    public static DeclaredOrder Create(ImmutableArray<OrderEntry> entries)
    {
        var star = entries.Select(entry => entry.Name).ToList().IndexOf(OrderEntry.Arrivals);
        var earlyCount = star < 0 ? entries.Length : star;
        var names = entries.Where(entry => entry.Name != OrderEntry.Arrivals).ToImmutableArray();
        var starCount = entries.Length - names.Length;
        if (starCount > 1 || names.DistinctBy(entry => entry.Name).Count() < names.Length || entries.Length > EntriesMax)
        {
            throw new ArgumentException($"A declared order names an agent once and \"*\" once, {EntriesMax} entries at most.", nameof(entries));
        }

        var places = names.Select((entry, i) => new DeclaredPlace(AgentId.Create(entry.Name), RankOf(i, earlyCount), entry.Await));
        return new DeclaredOrder([.. places], earlyCount);
    }

    /// <summary>The place of that agent; null when the order does not name it.</summary>
    public DeclaredPlace? PlaceOf(AgentId agent) => _places.GetValueOrDefault(agent);

    /// <summary>The place that has that rank; null when none has.</summary>
    internal DeclaredPlace? PlaceAt(Rank rank)
    {
        var (band, inBand) = Math.DivRem(rank.Value, BandRanks);
        var index = rank.Value <= LastEarlyRank ? rank.Value - 1 : inBand == 0 ? LastEarlyRank + band - 1 : Places.Length;
        return index < Places.Length ? Places[(int)index] : null;
    }

    /// <summary>The first place after the arrivals above that rank's number; null when none is.</summary>
    internal DeclaredPlace? LatePlaceAbove(long rank)
    {
        var index = LastEarlyRank + (rank / BandRanks);
        return index < Places.Length ? Places[(int)index] : null;
    }

    private static Rank RankOf(int index, int earlyCount) =>
        index < earlyCount ? new Rank(index + 1) : new Rank((index - earlyCount + 1) * BandRanks);
}

/// <summary>The place of one agent in a declared order.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Rank">The rank of its first transaction.</param>
/// <param name="Await">Whether later ranks wait for it even before it has begun.</param>
public sealed record DeclaredPlace(AgentId Agent, Rank Rank, bool Await);

using System.Collections.Immutable;
using CoAgent.Protocol.Resting;

namespace CoAgent.Protocol.Order;

/// <summary>Who is active and with which rank, and up to which rank transactions have finished.</summary>
/// <remarks>
/// Immutable: a decision carries the order that follows. An agent has at most one open transaction. Its rank is, first
/// match: the one that it gives; the one that the declared order has for its first transaction; else the next above
/// every open rank of its band and every finished rank. No rank is ever used twice, because a new one is neither open
/// nor at or below the highest that has finished.
/// </remarks>
public sealed class SerialOrder
{
    /// <summary>How far above the highest known rank a given one may be, so that nobody can use up all ranks at once.</summary>
    public const long GivenReachRanks = 1_000_000;

    /// <summary>How many agents that gave a rank are remembered after they finished, so that giving it again is no error.</summary>
    public const int RememberedAgentsMax = 4096;

    private readonly DeclaredOrder _declared;

    private SerialOrder(DeclaredOrder declared) => _declared = declared;

    private SerialOrder(SerialOrder other)
        : this(other._declared)
    {
        Open = other.Open;
        OpenRanks = other.OpenRanks;
        OpenOfAgent = other.OpenOfAgent;
        HighestFinished = other.HighestFinished;
        Withdrawn = other.Withdrawn;
        LastNumber = other.LastNumber;
        BegunNames = other.BegunNames;
        Given = other.Given;
    }

    /// <summary>The open transactions by rank.</summary>
    public ImmutableSortedDictionary<Rank, Transaction> Open { get; private init; } =
        ImmutableSortedDictionary<Rank, Transaction>.Empty;

    /// <summary>The ranks of <see cref="Open"/>: a sorted set knows its ends, and how many lie below a rank.</summary>
    private ImmutableSortedSet<Rank> OpenRanks { get; init; } = [];

    /// <summary>The highest rank that has finished; null before the first.</summary>
    public Rank? HighestFinished { get; private init; }

    /// <summary>The ranks above <see cref="HighestFinished"/> whose transactions were aborted.</summary>
    public ImmutableSortedSet<Rank> Withdrawn { get; private init; } = [];

    private ImmutableDictionary<AgentId, Transaction> OpenOfAgent { get; init; } =
        ImmutableDictionary<AgentId, Transaction>.Empty;

    private long LastNumber { get; init; }

    /// <summary>The declared agents whose first transaction has begun: their place is used up.</summary>
    private ImmutableHashSet<AgentId> BegunNames { get; init; } = [];

    private GivenRanks Given { get; init; } = GivenRanks.None;

    /// <summary>The order of a workspace in which nothing has happened.</summary>
    public static SerialOrder Start(DeclaredOrder declared) => new(declared);

    /// <summary>The order that goes on with another declared one: ranks and transactions are numbered on. Only where nothing is open.</summary>
    public SerialOrder Continue(DeclaredOrder declared)
    {
        Invariant.Require(Open.IsEmpty, "another order is declared when no transaction is open");
        return new SerialOrder(declared)
        {
            HighestFinished = HighestFinished,
            Withdrawn = Withdrawn,
            LastNumber = LastNumber,
            BegunNames = BegunNames,
            Given = Given,
        };
    }

    /// <summary>What is remembered where nobody is active.</summary>
    internal OrderRest Rest()
    {
        Invariant.Require(Open.IsEmpty, "an order is at rest when no transaction is open");
        return new OrderRest(
            LastNumber, HighestFinished, [.. Withdrawn], [.. BegunNames.OrderBy(agent => agent.Value, StringComparer.Ordinal)], Given.Rest());
    }

    /// <summary>The order that goes on from there.</summary>
    internal static SerialOrder From(OrderRest rest, DeclaredOrder declared) => new(declared)
    {
        HighestFinished = rest.HighestFinished,
        Withdrawn = [.. rest.Withdrawn],
        LastNumber = rest.LastTransaction,
        BegunNames = [.. rest.Begun],
        Given = rest.Given.Aggregate(GivenRanks.None, static (ranks, given) => ranks.Add(given.Agent, given.Rank)),
    };

    /// <summary>Begins a transaction for an agent, or goes on with its open one.</summary>
    /// <param name="agent">Who begins.</param>
    /// <param name="given">The rank that it asks for; null to be placed.</param>
    public BeginDecision Begin(AgentId agent, Rank? given)
    {
        // A client repeats its rank with every request; once used, it says nothing about later transactions.
        var wish = given is { } rank && Given.Has(agent, rank) ? null : given;
        if (OpenOfAgent.TryGetValue(agent, out var open))
        {
            return wish is null || wish == open.Rank
                ? new BeginDecision.AlreadyOpen(open)
                : Refuse(agent, RankRefusalReason.OpenElsewhere, wish);
        }

        if ((wish ?? PlaceLeft(agent)?.Rank) is { } asked)
        {
            return Check(agent, asked) is { } reason
                ? Refuse(agent, reason, asked)
                : BeginAt(agent, asked, wish is null ? Given : Given.Add(agent, asked));
        }

        return NextArrival() is { } next ? BeginAt(agent, next, Given) : Refuse(agent, RankRefusalReason.BandFull, asked: null);
    }

    /// <summary>The transaction in which an agent makes its calls; null when it has none.</summary>
    public Transaction? OpenOf(AgentId agent) => OpenOfAgent.GetValueOrDefault(agent);

    /// <summary>Ends a transaction: from now on every new rank is above its rank.</summary>
    public FinishDecision Finish(TransactionId id)
    {
        var transaction = Open.Values.FirstOrDefault(open => open.Id == id);
        return transaction is null
            ? new FinishDecision.NotOpen()
            : new FinishDecision.Finished(Without(transaction), transaction);
    }

    /// <summary>The order without an open transaction: from now on every new rank is above its rank.</summary>
    public SerialOrder Without(Transaction transaction)
    {
        var highest = HighestFinished is { } before && before > transaction.Rank ? before : transaction.Rank;
        return new(Closed(transaction))
        {
            HighestFinished = highest,
            Withdrawn = Withdrawn.Except(Withdrawn.TakeWhile(rank => rank <= highest)),
        };
    }

    /// <summary>The order without a transaction that left nothing: lower ranks may still begin, its own is never used again.</summary>
    public SerialOrder Withdraw(Transaction transaction) => new(Closed(transaction))
    {
        Withdrawn = transaction.Rank <= HighestFinished ? Withdrawn : Withdrawn.Add(transaction.Rank),
    };

    /// <summary>The order in which a transaction keeps its rank and its agent has none: it begins a new one when it comes back.</summary>
    public SerialOrder Unattended(Transaction transaction) =>
        IsOpenOfAgent(transaction) ? new(this) { OpenOfAgent = OpenOfAgent.Remove(transaction.Agent) } : this;

    /// <summary>Whether nobody has to finish before a transaction of this rank.</summary>
    public bool IsLowest(Rank rank)
    {
        foreach (var place in _declared.Places)
        {
            if (place.Await && place.Rank < rank && IsReserved(place))
            {
                return false;
            }
        }

        return Lowest is not { } lowest || lowest.Rank >= rank;
    }

    /// <summary>The open transaction with the lowest rank; null when none is open.</summary>
    /// <remarks>Every step asks for it.</remarks>
    public Transaction? Lowest => OpenRanks.IsEmpty ? null : field ??= Open[OpenRanks.Min];

    /// <summary>The ranks that a transaction of this rank waits for: open ones below it, and awaited ones that have not begun.</summary>
    public ImmutableArray<Rank> RanksBefore(Rank rank)
    {
        var awaited = _declared.Places.Where(place => place.Await && IsReserved(place)).Select(place => place.Rank);
        return [.. Open.Keys.Concat(awaited).Where(other => other < rank).Order()];
    }

    private SerialOrder Closed(Transaction transaction) => new(Unattended(transaction))
    {
        Open = Open.Remove(transaction.Rank),
        OpenRanks = OpenRanks.Remove(transaction.Rank),
    };

    private bool IsOpenOfAgent(Transaction transaction) => OpenOfAgent.GetValueOrDefault(transaction.Agent) == transaction;

    private BeginDecision.Begun BeginAt(AgentId agent, Rank rank, GivenRanks given)
    {
        var transaction = new Transaction(new TransactionId(LastNumber + 1), agent, rank);
        var order = new SerialOrder(this)
        {
            Open = Open.Add(rank, transaction),
            OpenRanks = OpenRanks.Add(rank),
            OpenOfAgent = OpenOfAgent.Add(agent, transaction),
            LastNumber = LastNumber + 1,
            BegunNames = _declared.PlaceOf(agent) is null ? BegunNames : BegunNames.Add(agent),
            Given = given,
        };
        return new BeginDecision.Begun(order, transaction);
    }

    private DeclaredPlace? PlaceLeft(AgentId agent) => BegunNames.Contains(agent) ? null : _declared.PlaceOf(agent);

    /// <summary>A place is kept for its agent until that begins, or until it is too late for it.</summary>
    private bool IsReserved(DeclaredPlace place) => !BegunNames.Contains(place.Agent) && !(place.Rank <= HighestFinished);

    private RankRefusalReason? Check(AgentId agent, Rank asked)
    {
        if (asked <= HighestFinished)
        {
            return RankRefusalReason.BelowFinished;
        }

        if (Open.ContainsKey(asked) || Withdrawn.Contains(asked))
        {
            return RankRefusalReason.Taken;
        }

        if (_declared.PlaceAt(asked) is { } place && place.Agent != agent && IsReserved(place))
        {
            return RankRefusalReason.Reserved;
        }

        return asked > Ceiling() ? RankRefusalReason.TooHigh : null;
    }

    /// <summary>The highest rank that can be given now.</summary>
    private Rank Ceiling()
    {
        var open = OpenRanks.IsEmpty ? 0 : OpenRanks.Max.Value;
        var declared = _declared.Places.IsEmpty ? 0 : _declared.Places[^1].Rank.Value;
        var highest = Math.Max(Math.Max(open, declared), HighestFinished?.Value ?? 0);
        return new Rank(Math.Min(highest + GivenReachRanks, Rank.ValueMax));
    }

    /// <summary>The rank of whoever comes without one; null when the band is full up to the next declared name.</summary>
    private Rank? NextArrival()
    {
        var floor = Math.Max(_declared.LastEarlyRank, HighestFinished?.Value ?? 0);
        var end = _declared.LatePlaceAbove(floor)?.Rank.Value ?? Rank.ValueMax + 1;
        var highest = Math.Max(HighestBelow(OpenRanks, end), HighestBelow(Withdrawn, end));
        var next = Math.Max(floor, highest) + 1;
        return next < end ? new Rank(next) : null;
    }

    private static long HighestBelow(ImmutableSortedSet<Rank> ranks, long end)
    {
        var place = end > Rank.ValueMax ? ranks.Count : ranks.IndexOf(new Rank(end));
        var below = place < 0 ? ~place : place;
        return below == 0 ? 0 : ranks[below - 1].Value;
    }

    private BeginDecision.Refused Refuse(AgentId agent, RankRefusalReason reason, Rank? asked)
    {
        var free = FreeFor(agent);
        var why = reason switch
        {
            RankRefusalReason.Taken when Open.TryGetValue(asked!.Value, out var open) =>
                $"Rank {asked} is taken by agent {open.Agent}.",
            RankRefusalReason.Taken => $"Rank {asked} was used by a transaction that was aborted.",
            RankRefusalReason.BelowFinished =>
                $"Rank {asked} of agent {agent} comes too late: rank {HighestFinished} has finished, and a new rank is above it.",
            RankRefusalReason.Reserved =>
                $"Rank {asked} is kept for agent {_declared.PlaceAt(asked!.Value)!.Agent} by the declared order.",
            RankRefusalReason.TooHigh => $"Rank {asked} is too high; {Ceiling()} is the highest that can be given now.",
            RankRefusalReason.OpenElsewhere =>
                $"Agent {agent} has an open transaction with rank {OpenOfAgent[agent].Rank}; finish it before it takes rank {asked}.",
            RankRefusalReason.BandFull => "No rank is left before the next agent of the declared order.",
            _ => throw new ArgumentOutOfRangeException(nameof(reason)),
        };
        var advice = free.IsEmpty ? "No rank is free." : $"Free: {string.Join(", ", free)}.";
        return new BeginDecision.Refused(new RankRefusal(reason, asked, free, $"{why} {advice}"));
    }

    private ImmutableArray<RankRange> FreeFor(AgentId agent)
    {
        var reserved = _declared.Places.Where(place => place.Agent != agent && IsReserved(place)).Select(place => place.Rank);
        return FreeRanks.Between(HighestFinished, Ceiling(), Open.Keys.Concat(reserved).Concat(Withdrawn).Order());
    }
}

using System.Collections.Immutable;
using CoAgent.Protocol.Resting;

namespace CoAgent.Protocol.Order;

/// <summary>Which agent used which rank that it gave, for the latest <see cref="SerialOrder.RememberedAgentsMax"/> agents.</summary>
internal sealed class GivenRanks
{
    private readonly ImmutableDictionary<AgentId, Rank> _ranks;
    private readonly ImmutableQueue<AgentId> _oldestFirst;

    private GivenRanks(ImmutableDictionary<AgentId, Rank> ranks, ImmutableQueue<AgentId> oldestFirst)
    {
        _ranks = ranks;
        _oldestFirst = oldestFirst;
    }

    public static GivenRanks None { get; } = new(ImmutableDictionary<AgentId, Rank>.Empty, []);

    /// <summary>The agents and their ranks, the one that came first before the others.</summary>
    public ImmutableArray<GivenRank> Rest() => [.. _oldestFirst.Select(agent => new GivenRank(agent, _ranks[agent]))];

    public bool Has(AgentId agent, Rank rank) => _ranks.TryGetValue(agent, out var used) && used == rank;

    /// <summary>Remembers the latest rank of an agent; the agent that came first is forgotten when there are too many.</summary>
    public GivenRanks Add(AgentId agent, Rank rank)
    {
        if (_ranks.ContainsKey(agent))
        {
            return new GivenRanks(_ranks.SetItem(agent, rank), _oldestFirst);
        }

        var ranks = _ranks.Add(agent, rank);
        var queue = _oldestFirst.Enqueue(agent);
        return ranks.Count <= SerialOrder.RememberedAgentsMax
            ? new GivenRanks(ranks, queue)
            : new GivenRanks(ranks.Remove(queue.Peek()), queue.Dequeue());
    }
}

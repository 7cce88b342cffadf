using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Finishing;

/// <summary>What agents had read in transactions that ended without them: it waits for their return (protocol.md, section 7).</summary>
internal sealed class LapsedReads
{
    private readonly Dictionary<AgentId, LapsedAgent> _agents = [];
    private readonly Queue<AgentId> _oldestFirst = [];

    /// <summary>How many agents' reads wait.</summary>
    public int AgentCount => _agents.Count;

    public void Remember(ProtocolLimits limits, TransactionState transaction)
    {
        var reads = transaction.Calls.Where(call => call.State == CallState.Read).ToImmutableArray();
        var agent = transaction.Transaction.Agent;
        if (_agents.Remove(agent, out var before))
        {
            reads = [.. before.Reads, .. reads];
        }
        else if (!reads.IsEmpty)
        {
            _oldestFirst.Enqueue(agent);
        }

        if (!reads.IsEmpty)
        {
            var isIncomplete = before is { IsIncomplete: true } || reads.Length > limits.LapsedReadsMax;
            _agents[agent] = new LapsedAgent([.. reads.TakeLast(limits.LapsedReadsMax)], isIncomplete);
        }

        while (_agents.Count > limits.LapsedAgentsMax || _oldestFirst.Count > 2 * limits.LapsedAgentsMax)
        {
            _agents.Remove(_oldestFirst.Dequeue());
        }
    }

    public LapsedAgent? Take(AgentId agent) => _agents.Remove(agent, out var lapsed) ? lapsed : null;
}

/// <summary>The reads of one agent that wait for it.</summary>
/// <param name="Reads">The reads, oldest first.</param>
/// <param name="IsIncomplete">Whether there were more than are kept.</param>
internal sealed record LapsedAgent(ImmutableArray<Call> Reads, bool IsIncomplete);

using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Finishing;

/// <summary>What agents had read in transactions that ended without them: it waits for their return (protocol.md, section 7).</summary>
internal sealed class LapsedReads
{
    // In the order in which they left.
    private readonly OrderedDictionary<AgentId, LapsedAgent> _agents = [];
    private readonly HashSet<CallId> _calls = [];

    /// <summary>Whether a read waits.</summary>
    public bool Has(CallId call) => _calls.Contains(call);

    /// <summary>How many agents' reads wait.</summary>
    public int AgentCount => _agents.Count;

    public void Remember(ProtocolLimits limits, TransactionState transaction)
    {
        var agent = transaction.Transaction.Agent;
        var before = Take(agent);
        ImmutableArray<Call> reads =
            [.. before?.Reads ?? [], .. transaction.Calls.Where(call => call.State == CallState.Read)];
        if (reads.IsEmpty)
        {
            return;
        }

        var isIncomplete = before is { IsIncomplete: true } || reads.Length > limits.LapsedReadsMax;
        var lapsed = new LapsedAgent([.. reads.TakeLast(limits.LapsedReadsMax)], isIncomplete);
        _agents.Add(agent, lapsed);
        _calls.UnionWith(lapsed.Reads.Select(read => read.Id));
        if (_agents.Count > limits.LapsedAgentsMax)
        {
            Take(_agents.GetAt(0).Key);
        }
    }

    public LapsedAgent? Take(AgentId agent)
    {
        if (!_agents.Remove(agent, out var lapsed))
        {
            return null;
        }

        _calls.ExceptWith(lapsed.Reads.Select(read => read.Id));
        return lapsed;
    }
}

/// <summary>The reads of one agent that wait for it.</summary>
/// <param name="Reads">The reads, oldest first.</param>
/// <param name="IsIncomplete">Whether there were more than are kept.</param>
internal sealed record LapsedAgent(ImmutableArray<Call> Reads, bool IsIncomplete);

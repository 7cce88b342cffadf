using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Resting;
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
        ImmutableArray<LapsedRead> reads =
            [.. before?.Reads ?? [], .. transaction.Calls.Where(call => call.State == CallState.Read).Select(Of)];
        var isIncomplete = before is { IsIncomplete: true } || reads.Length > limits.LapsedReadsMax;
        if (reads.IsEmpty && !isIncomplete)
        {
            return;
        }

        Add(new LapsedAgent(agent, [.. reads.TakeLast(limits.LapsedReadsMax)], isIncomplete));
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

        _calls.ExceptWith(lapsed.Reads.Select(read => read.Call));
        return lapsed;
    }

    /// <summary>What waits, the agent that left first before the others; of more reads than so many, those of whoever left last.</summary>
    public ImmutableArray<LapsedAgent> Rest(int readsMax)
    {
        var kept = new Stack<LapsedAgent>();
        foreach (var lapsed in _agents.Values.Reverse())
        {
            readsMax -= lapsed.Reads.Length;
            kept.Push(readsMax >= 0 ? lapsed : lapsed with { Reads = [], IsIncomplete = true });
        }

        return [.. kept];
    }

    /// <summary>Takes up what waited.</summary>
    public void Add(LapsedAgent lapsed)
    {
        _agents.Add(lapsed.Agent, lapsed);
        _calls.UnionWith(lapsed.Reads.Select(read => read.Call));
    }

    /// <summary>A read as it waits.</summary>
    public static LapsedRead Of(Call read) => new(read.Id, read.Declaration, read.Told);
}

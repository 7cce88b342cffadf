using System.Collections.Concurrent;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.Sessions;

/// <summary>Which agents have a connection: the last one to end is the agent's disconnect, the first to come back its return.</summary>
internal sealed class AgentPresence(Coordinator coordinator)
{
    private readonly ConcurrentDictionary<ClientSession, bool> _present = new();

    /// <summary>A connection has begun: its agent goes on with the transaction that it has open.</summary>
    public ValueTask ArrivedAsync(ClientSession session)
    {
        _present[session] = true;
        return coordinator.ReconnectedAsync(session.Identity.OwnAgent, CancellationToken.None);
    }

    /// <summary>A connection has ended.</summary>
    public async Task LeftAsync(ClientSession session)
    {
        _present.TryRemove(session, out _);
        foreach (var agent in session.Agents.Keys.Append(session.Identity.OwnAgent).Distinct())
        {
            if (!session.HasSaidGoodbye)
            {
                await RetellAsync(agent);
            }

            if (!IsPresent(agent))
            {
                await coordinator.DisconnectedAsync(agent, CancellationToken.None);
            }

            // It may have come back in between, and its return have been told before its leaving.
            if (IsPresent(agent))
            {
                await coordinator.ReconnectedAsync(agent, CancellationToken.None);
            }
        }
    }

    // What was on its way when the connection ended may not have arrived.
    private async ValueTask RetellAsync(AgentId agent)
    {
        if (await coordinator.OpenTransactionOfAsync(agent, CancellationToken.None) is { Id: var transaction })
        {
            await coordinator.RedeliverAsync(transaction, CancellationToken.None);
        }
    }

    private bool IsPresent(AgentId agent) =>
        _present.Keys.Any(session => session.Identity.OwnAgent == agent || session.Agents.ContainsKey(agent));
}

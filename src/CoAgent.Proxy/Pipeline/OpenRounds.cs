using System.Collections.Concurrent;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>The name and the number under which an agent knows a call whose server has asked for input.</summary>
/// <param name="Shown">The name that its first answer gave it.</param>
/// <param name="Transaction">Whose it is.</param>
/// <param name="Number">Its number in the transaction.</param>
internal sealed record OpenRound(CallId Shown, TransactionId Transaction, long? Number);

/// <summary>The calls whose servers have asked for input: the retry that brings it belongs to the same call.</summary>
/// <remarks>Matched by agent, tool and the server's <c>requestState</c> (mcp.md, "Relay raw, do not re-type").</remarks>
internal sealed class OpenRounds
{
    /// <summary>How many calls may wait for input; beyond that a retry counts as a call of its own.</summary>
    public const int RoundsMax = 1024;

    private readonly ConcurrentDictionary<(AgentId Agent, string Server, string Tool, string State), OpenRound> _open = new();

    /// <summary>The call that a request goes on with; null when it begins one.</summary>
    public OpenRound? Find(ToolCall call)
    {
        var members = call.Exchange.Request.Members;
        if (!members.RequestState.Exists && !members.InputResponses.Exists)
        {
            return null;
        }

        return _open.TryRemove(Key(call, call.Exchange.Request), out var round) ? round : null;
    }

    /// <summary>Takes note of an answer that asks for input.</summary>
    public void Note(ToolCall call, JsonRpcFrame inputRequired, OpenRound round)
    {
        if (_open.Count < RoundsMax)
        {
            _open[Key(call, inputRequired)] = round;
        }
    }

    private static (AgentId, string, string, string) Key(ToolCall call, JsonRpcFrame frame) =>
        (call.Agent, call.Link.Name, call.Tool, frame.TextOf(frame.Members.RequestState) ?? "");
}

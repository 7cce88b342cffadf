using System.Collections.Concurrent;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.Pipeline;

/// <summary>The calls whose servers have asked for input: the retry that brings it belongs to the same call.</summary>
/// <remarks>Matched by agent, tool and the server's <c>requestState</c> (mcp.md, "Relay raw, do not re-type").</remarks>
internal sealed class OpenRounds
{
    /// <summary>How many calls may wait for input; beyond that a retry counts as a call of its own.</summary>
    public const int RoundsMax = 1024;

    private readonly ConcurrentDictionary<(AgentId Agent, string Server, string Tool, string State), PlacedCall> _open = new();

    /// <summary>The call that a request goes on with; null when it begins one.</summary>
    public StartedCall? Find(ToolCall call, TransactionHandle handle)
    {
        var members = call.Exchange.Request.Members;
        if (!members.RequestState.Exists && !members.InputResponses.Exists)
        {
            return null;
        }

        return _open.TryRemove(Key(call, call.Exchange.Request), out var placed) && placed.Handle == handle
            ? new StartedCall(placed.Id, new Position(handle.Transaction.Rank, placed.Number))
            : null;
    }

    /// <summary>Takes note of a result that asks for input.</summary>
    public void Note(ToolCall call, Reply reply, PlacedCall placed)
    {
        if (reply is Reply.Answered { Frame: { Kind: FrameKind.Result } answer } && InputRequests.IsAskedBy(answer)
            && _open.Count < RoundsMax)
        {
            _open[Key(call, answer)] = placed;
        }
    }

    private static (AgentId, string, string, string) Key(ToolCall call, JsonRpcFrame frame) =>
        (call.Agent, call.Link.Name, call.Tool, frame.TextOf(frame.Members.RequestState) ?? "");
}

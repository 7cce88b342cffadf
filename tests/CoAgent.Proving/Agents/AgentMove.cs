using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Agents;

/// <summary>What an agent does next.</summary>
internal abstract record AgentMove
{
    private AgentMove()
    {
    }

    /// <summary>It begins its transaction.</summary>
    public sealed record Begin : AgentMove;

    /// <summary>It makes the call of a step.</summary>
    public sealed record Call(int Step, ToolCall Tool) : AgentMove;

    /// <summary>It drops a call that it does not want any more.</summary>
    public sealed record Cancel(int Step) : AgentMove;

    /// <summary>It takes back calls: those of an abandoned attempt, or that of an undo step.</summary>
    public sealed record TakeBack(int Step, ImmutableArray<CallId> Calls) : AgentMove;

    /// <summary>It settles a notice.</summary>
    public sealed record Resolve(NoticeId Notice, NoticeDecision Decision) : AgentMove;

    /// <summary>It takes everything back.</summary>
    public sealed record Abort : AgentMove;

    /// <summary>It is done.</summary>
    public sealed record Finish : AgentMove;
}

/// <summary>A question of an agent that has no answer yet.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Step">The undo step that it is for; -1 for none.</param>
internal sealed record OpenRequest(RequestId Id, RequestKind Kind, int Step);

/// <summary>What is asked.</summary>
internal enum RequestKind
{
    Undo,
    Resolve,
    Abort,
    Finish,
}

using System.Collections.Immutable;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol;

/// <summary>Names a question that gets one answer later; whoever asks numbers them.</summary>
/// <param name="Number">The number.</param>
public readonly record struct RequestId(long Number);

/// <summary>Something that happened, for <see cref="StateMachine.Step"/>.</summary>
public abstract record Input
{
    private Input()
    {
    }

    /// <summary>An agent wants a transaction. Answered at once: <see cref="Effect.Began"/> or <see cref="Effect.BeginRefused"/>.</summary>
    /// <param name="Agent">Who.</param>
    /// <param name="Given">The rank that it asks for; null to be placed.</param>
    public sealed record Begin(AgentId Agent, Rank? Given) : Input;

    /// <summary>An agent makes a call. Answered by <see cref="Effect.Answer"/>, a deferred one by a receipt.</summary>
    /// <param name="Call">The call's id, new in the workspace.</param>
    /// <param name="Transaction">Whose call.</param>
    /// <param name="Declaration">What it touches.</param>
    public sealed record Propose(CallId Call, TransactionId Transaction, CallDeclaration Declaration) : Input;

    /// <summary>An agent no longer wants a call's answer; a call that has not begun is dropped.</summary>
    /// <param name="Call">The call.</param>
    public sealed record Cancel(CallId Call) : Input;

    /// <summary>Calls are to be taken back. Answered by <see cref="Effect.UndoAnswered"/>.</summary>
    /// <param name="Request">Names the answer.</param>
    /// <param name="By">The transaction that asks for its own calls; null for the operator.</param>
    /// <param name="Calls">The calls.</param>
    public sealed record Undo(RequestId Request, TransactionId? By, ImmutableArray<CallId> Calls) : Input;

    /// <summary>A transaction is to be taken back as a whole. Answered by <see cref="Effect.AbortAnswered"/>.</summary>
    /// <param name="Request">Names the answer.</param>
    /// <param name="Transaction">The transaction.</param>
    public sealed record Abort(RequestId Request, TransactionId Transaction) : Input;

    /// <summary>An agent says that it is done. Answered by <see cref="Effect.FinishAnswered"/>.</summary>
    /// <param name="Request">Names the answer.</param>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="Wait">Whether the answer may wait for lower ranks, until <see cref="WaitEnded"/>.</param>
    public sealed record Finish(RequestId Request, TransactionId Transaction, bool Wait) : Input;

    /// <summary>A finish has waited long enough.</summary>
    /// <param name="Transaction">The transaction.</param>
    public sealed record WaitEnded(TransactionId Transaction) : Input;

    /// <summary>A transaction's agent is gone, or its lease is over: it is unattended from now on.</summary>
    /// <param name="Transaction">The transaction.</param>
    public sealed record Leave(TransactionId Transaction) : Input;

    /// <summary>An agent settles a notice. Answered by <see cref="Effect.Resolved"/>.</summary>
    /// <param name="Request">Names the answer.</param>
    /// <param name="By">The transaction that was told.</param>
    /// <param name="Notice">The notice.</param>
    /// <param name="Decision">What it decided.</param>
    /// <param name="KeepsStaleValue">Whether a write that it keeps still holds the stale value literally.</param>
    public sealed record Resolve(
        RequestId Request, TransactionId By, NoticeId Notice, NoticeDecision Decision, bool KeepsStaleValue) : Input;

    /// <summary>What was delivered to a transaction and not confirmed may be lost: it is to be told again.</summary>
    /// <param name="Transaction">The transaction.</param>
    public sealed record Redeliver(TransactionId Transaction) : Input;

    /// <summary>The operator has put a quarantined object right. Answered by <see cref="Effect.Released"/>.</summary>
    /// <param name="Request">Names the answer.</param>
    /// <param name="Quarantine">Which one.</param>
    /// <param name="Verdict">Whether the object now shows the call's effect.</param>
    public sealed record Release(RequestId Request, QuarantineId Quarantine, ReleaseVerdict Verdict) : Input;

    /// <summary>The machine lost power, and with it the last that was written: who is there is told that reads may be forgotten.</summary>
    public sealed record PowerLost : Input;

    /// <summary>An effect on the world has ended.</summary>
    /// <param name="Effect">Which one.</param>
    /// <param name="Outcome">How.</param>
    public sealed record Ended(EffectId Effect, Outcome Outcome) : Input;
}

/// <summary>What an agent decided on a notice (<c>coagent_resolve</c>).</summary>
public enum NoticeDecision
{
    /// <summary>What it did still holds.</summary>
    Keep,

    /// <summary>It has repaired what depended on the stale value.</summary>
    Revised,

    /// <summary>It has taken back what depended on the stale value.</summary>
    Retracted,
}

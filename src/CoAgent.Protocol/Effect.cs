using System.Collections.Immutable;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol;

/// <summary>Names one effect on the world, so that its outcome finds back.</summary>
/// <param name="Number">The number, counted from 1.</param>
public readonly record struct EffectId(long Number);

/// <summary>What is to be done after a step, in this order.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>An effect on the world: it ends with an <see cref="Input.Ended"/>. Those out at one time touch disjoint objects.</summary>
    /// <param name="Id">Names the outcome.</param>
    /// <param name="Call">The call.</param>
    public abstract record World(EffectId Id, CallId Call) : Effect;

    /// <summary>Prepare a write's inverse, make its intent durable, execute it (protocol.md, section 3, steps 5 and 6).</summary>
    /// <param name="Id">Names the outcome.</param>
    /// <param name="Call">The call.</param>
    /// <param name="Position">Its place in the serial order.</param>
    /// <param name="IsReplay">Whether it was executed before and taken out since.</param>
    /// <param name="Beneath">
    /// The later write that lies on the same object: this call takes over its captured before-state. Null: capture anew.
    /// </param>
    public sealed record Execute(EffectId Id, CallId Call, Position Position, bool IsReplay, CallId? Beneath) : World(Id, Call);

    /// <summary>Run a write's inverse.</summary>
    /// <param name="Id">Names the outcome.</param>
    /// <param name="Call">The call.</param>
    public sealed record Invert(EffectId Id, CallId Call) : World(Id, Call);

    /// <summary>Ask the tool whether a call happened. Done: it did. NotDone: it did not.</summary>
    /// <param name="Id">Names the outcome.</param>
    /// <param name="Call">The call.</param>
    public sealed record Probe(EffectId Id, CallId Call) : World(Id, Call);

    /// <summary>Answer a read at its position (section 4).</summary>
    /// <param name="Id">Names the outcome.</param>
    /// <param name="Call">The call.</param>
    /// <param name="Position">Its place in the serial order.</param>
    /// <param name="Hidden">
    /// The later calls, lowest first, whose objects are to be shown as they were before; empty: as they are.
    /// </param>
    /// <param name="IsReread">Whether its agent has an answer already and this one is to be compared.</param>
    public sealed record Read(
        EffectId Id, CallId Call, Position Position, ImmutableArray<CallId> Hidden, bool IsReread) : World(Id, Call);

    /// <summary>A transaction is open for the agent.</summary>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="IsNew">Whether it began just now.</param>
    public sealed record Began(Transaction Transaction, bool IsNew) : Effect;

    /// <summary>No transaction began.</summary>
    /// <param name="Agent">Who wanted one.</param>
    /// <param name="Refusal">Why the rank cannot be had; null when there are too many transactions.</param>
    public sealed record BeginRefused(AgentId Agent, RankRefusal? Refusal) : Effect;

    /// <summary>The answer to a call.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Position">Its place in the serial order; null when it was refused before it had one.</param>
    /// <param name="Result">What became of it.</param>
    /// <param name="Notices">What its agent has not been told yet.</param>
    /// <param name="Changed">Own later calls whose results the call has changed.</param>
    public sealed record Answer(
        CallId Call,
        Position? Position,
        CallResult Result,
        ImmutableArray<Notice> Notices,
        ImmutableArray<ChangedCall> Changed) : Effect;

    /// <summary>A call waits for lower ranks to finish, or behind an own call that does.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Ranks">The ranks that it waits for.</param>
    public sealed record Held(CallId Call, ImmutableArray<Rank> Ranks) : Effect;

    /// <summary>The answer to an undo.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Calls">What became of each call.</param>
    /// <param name="Replayed">The calls above that were taken out and put back.</param>
    /// <param name="Changed">The asker's own later calls whose results are others now.</param>
    /// <param name="Notices">What the asker has not been told yet.</param>
    public sealed record UndoAnswered(
        RequestId Request,
        ImmutableArray<UndoneCall> Calls,
        ImmutableArray<CallId> Replayed,
        ImmutableArray<ChangedCall> Changed,
        ImmutableArray<Notice> Notices) : Effect;

    /// <summary>The answer to an abort.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Calls">What became of each call that had an effect, latest first.</param>
    /// <param name="IsKnown">Whether there was such a transaction.</param>
    public sealed record AbortAnswered(RequestId Request, ImmutableArray<UndoneCall> Calls, bool IsKnown) : Effect;

    /// <summary>The answer to a finish.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Result">Whether it finished, and what is missing.</param>
    public sealed record FinishAnswered(RequestId Request, FinishResult Result) : Effect;

    /// <summary>The answer to a resolve.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Result">What became of it.</param>
    public sealed record Resolved(RequestId Request, ResolveResult Result) : Effect;

    /// <summary>The answer to a release.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="IsKnown">Whether there was such a quarantine.</param>
    public sealed record Released(RequestId Request, bool IsKnown) : Effect;

    /// <summary>A notice was filed, or says something new.</summary>
    /// <param name="Notice">The notice.</param>
    public sealed record NoticeFiled(Notice Notice) : Effect;

    /// <summary>A notice that nobody has seen is void: the old value is back.</summary>
    /// <param name="Notice">The notice.</param>
    public sealed record NoticeWithdrawn(NoticeId Notice) : Effect;

    /// <summary>Objects are quarantined.</summary>
    /// <param name="Quarantine">Which, and why.</param>
    public sealed record Quarantined(Quarantine Quarantine) : Effect;

    /// <summary>A transaction has ended and is forgotten: what was captured for its calls may go.</summary>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="Calls">Its calls that were remembered. A read of them that is being made again may still end.</param>
    /// <param name="Open">Notices that nobody came for (unattended): they are to be shown until somebody does.</param>
    public sealed record Folded(Transaction Transaction, ImmutableArray<CallId> Calls, ImmutableArray<Notice> Open) : Effect;
}

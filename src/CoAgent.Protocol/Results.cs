using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol;

/// <summary>What became of a call, as its agent is told.</summary>
public abstract record CallResult
{
    private CallResult()
    {
    }

    /// <summary>The write was executed and is in place.</summary>
    /// <param name="Result">What the tool said.</param>
    public sealed record Applied(ResultDigest Result) : CallResult;

    /// <summary>The read was answered.</summary>
    /// <param name="Result">What the tool said.</param>
    /// <param name="View">How the answer was come by; null: in place, nothing later was in the way.</param>
    public sealed record Read(ResultDigest Result, ReadView? View) : CallResult;

    /// <summary>The tool answered with its own error; what it did before is in place and is undone and replayed as a write is.</summary>
    /// <param name="Error">What the tool said.</param>
    public sealed record Failed(ResultDigest Error) : CallResult;

    /// <summary>The call was not executed, because its agent has to see the notices first.</summary>
    public sealed record Gated : CallResult;

    /// <summary>A receipt: the call executes when every lower rank has finished.</summary>
    public sealed record Deferred : CallResult;

    /// <summary>The call surely did not happen.</summary>
    public sealed record NotDone : CallResult;

    /// <summary>It was unknown whether the call happened; what it may have done was taken back, so it did not.</summary>
    public sealed record TakenBack : CallResult;

    /// <summary>It is not known whether the call happened.</summary>
    /// <param name="Quarantine">The quarantine of what it may have written; null where nothing can be protected.</param>
    public sealed record Unknown(QuarantineId? Quarantine) : CallResult;

    /// <summary>The call was cancelled before it began.</summary>
    public sealed record Cancelled : CallResult;

    /// <summary>The call was not executed.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Refused(Refusal Refusal) : CallResult;
}

/// <summary>Why something was not begun.</summary>
public abstract record Refusal
{
    private Refusal()
    {
    }

    /// <summary>The transaction is not open.</summary>
    public sealed record NotOpen : Refusal;

    /// <summary>A limit would be passed; nothing was touched.</summary>
    /// <param name="Limit">The name of the limit in <see cref="ProtocolLimits"/>.</param>
    /// <param name="Max">Its value.</param>
    public sealed record LimitReached(string Limit, long Max) : Refusal;

    /// <summary>It would touch quarantined objects.</summary>
    /// <param name="Quarantine">Which.</param>
    public sealed record Quarantined(Quarantine Quarantine) : Refusal;

    /// <summary>An irreversible call lies above it on the same objects.</summary>
    /// <param name="Call">That call.</param>
    public sealed record Irreversible(CallId Call) : Refusal;
}

/// <summary>An agent's own call that another one of its own has changed.</summary>
/// <param name="Call">The call.</param>
/// <param name="Was">What the agent was told; null when that is not known.</param>
/// <param name="Now">What the call returns now; null when that cannot be found out.</param>
/// <param name="IsOut">Whether it is a write that could not be replayed: its effect is out and it is forgotten.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChangedCall(CallId Call, ResultDigest? Was, ResultDigest? Now, bool IsOut);

/// <summary>What became of a call that was to be taken back.</summary>
/// <param name="Call">The call.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Refusal">Why it stays; null unless <paramref name="Fate"/> is <see cref="UndoFate.Kept"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct UndoneCall(CallId Call, UndoFate Fate, Refusal? Refusal = null);

/// <summary>What became of a call that was to be taken back.</summary>
public enum UndoFate
{
    /// <summary>Its effect is out.</summary>
    TakenBack,

    /// <summary>It was a read: there is nothing to take back.</summary>
    WasRead,

    /// <summary>It had not begun; it will not.</summary>
    Dropped,

    /// <summary>It was displaced already; its notice is closed.</summary>
    WasDisplaced,

    /// <summary>It is irreversible, or something irreversible or quarantined is in the way: it stays.</summary>
    Kept,

    /// <summary>No call of that name can be taken back: not the asker's, already taken back, or folded.</summary>
    NotFound,
}

/// <summary>Whether a transaction finished.</summary>
public abstract record FinishResult
{
    private FinishResult()
    {
    }

    /// <summary>It finished; its agent begins a new transaction with its next call.</summary>
    public sealed record Finished : FinishResult;

    /// <summary>It is not open.</summary>
    public sealed record NotOpen : FinishResult;

    /// <summary>Something is missing.</summary>
    /// <param name="Ranks">The lower ranks that have not finished.</param>
    /// <param name="Notices">What its agent has to see or settle; told with this answer.</param>
    /// <param name="Displaced">Its displaced writes that are not settled.</param>
    /// <param name="OpenCalls">Its calls that have no outcome yet.</param>
    /// <param name="Quarantines">The quarantines of its calls, which the operator has to release.</param>
    public sealed record Waiting(
        ImmutableArray<Rank> Ranks,
        ImmutableArray<Notice> Notices,
        ImmutableArray<CallId> Displaced,
        ImmutableArray<CallId> OpenCalls,
        ImmutableArray<QuarantineId> Quarantines) : FinishResult;
}

/// <summary>What became of an agent's decision on a notice.</summary>
public enum ResolveResult
{
    /// <summary>It is settled.</summary>
    Settled,

    /// <summary>It is asked once more, because what is kept still holds the stale value.</summary>
    AskedAgain,

    /// <summary>It says something new that its agent has not been given; it stays open and comes with the next answer.</summary>
    ChangedMeanwhile,

    /// <summary>No open notice of the asker has that name.</summary>
    NotFound,
}

using System.Collections.Immutable;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.History;

/// <summary>One thing that happened in a workspace, as its journal tells it.</summary>
/// <param name="Entry">The number of the journal's entry that it follows from, counted from 1.</param>
/// <param name="At">When that was written.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Words">The same in words, on one line; names calls by their ids.</param>
public sealed record HistoryEvent(long Entry, DateTimeOffset At, HistoryKind Kind, string Words)
{
    /// <summary>Whose transaction it happened in or to; null when to none.</summary>
    public Transaction? Transaction { get; init; }

    /// <summary>The call that it happened to; null when to none.</summary>
    public CallId? Call { get; init; }

    /// <summary>The call that it happened because of; null when because of none, or of <see cref="Call"/> itself.</summary>
    public CallId? Cause { get; init; }

    /// <summary>The notice that it is about; null when about none.</summary>
    public NoticeId? Notice { get; init; }

    /// <summary>Other calls that it names.</summary>
    public ImmutableArray<CallId> Concerns { get; init; } = [];

    /// <summary>Whether a call is in it: as what it happened to, as its cause, or by name.</summary>
    public bool Names(CallId call) => Call == call || Cause == call || Concerns.Contains(call);
}

/// <summary>What can happen in a workspace.</summary>
public enum HistoryKind
{
    /// <summary>A daemon began to write.</summary>
    Opened,

    /// <summary>A transaction began, or could not.</summary>
    Began,

    /// <summary>A call was proposed: it has its footprint.</summary>
    Proposed,

    /// <summary>A call waits for lower ranks.</summary>
    Held,

    /// <summary>A write was executed, or was tried to be.</summary>
    Executed,

    /// <summary>A read was answered at its position.</summary>
    Read,

    /// <summary>A write was taken out: to be put back after another, or for good.</summary>
    Undone,

    /// <summary>A write was put back after another.</summary>
    Replayed,

    /// <summary>A read was made again, to see whether it returns what its agent was told.</summary>
    Reread,

    /// <summary>A tool was asked whether a call happened.</summary>
    Probed,

    /// <summary>An agent was answered.</summary>
    Answered,

    /// <summary>A notice was filed, or says something new.</summary>
    Noticed,

    /// <summary>A notice was given to its agent.</summary>
    Told,

    /// <summary>A notice became void before anybody saw it.</summary>
    Withdrawn,

    /// <summary>An agent settled a notice.</summary>
    Resolved,

    /// <summary>What was told may not have arrived: it is told again.</summary>
    Retold,

    /// <summary>Objects were quarantined, or released.</summary>
    Quarantined,

    /// <summary>Calls were to be taken back, and what became of them.</summary>
    TakenBack,

    /// <summary>An agent wanted to finish, and what it was answered.</summary>
    Finishing,

    /// <summary>A transaction's agent is gone.</summary>
    Left,

    /// <summary>A transaction has ended.</summary>
    Ended,

    /// <summary>The machine lost power while agents were there.</summary>
    PowerLost,
}

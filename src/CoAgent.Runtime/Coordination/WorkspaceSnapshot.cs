using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>How a transaction stands.</summary>
public enum TransactionStage
{
    /// <summary>It takes calls.</summary>
    Open,

    /// <summary>It takes calls; its agent's connection is gone and may come back.</summary>
    Disconnected,

    /// <summary>Its agent is gone; it ends by itself after those before it.</summary>
    Unattended,

    /// <summary>It is being taken back.</summary>
    Aborting,

    /// <summary>Its agent finished.</summary>
    Finished,

    /// <summary>It was idle past its lease and has ended.</summary>
    Expired,

    /// <summary>It was taken back.</summary>
    Aborted,
}

/// <summary>One transaction as it stood when it was looked at.</summary>
/// <param name="Transaction">Id, agent, rank.</param>
/// <param name="Stage">How it stands.</param>
/// <param name="CallCount">How many calls it has had.</param>
/// <param name="OpenCallCount">How many of them have no answer yet.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended; null while it has not.</param>
/// <param name="RanksBefore">The ranks that its finish waits for; empty once it has ended.</param>
/// <param name="OpenNotices">What its agent has still to be told, or to settle.</param>
public sealed record TransactionStatus(
    Transaction Transaction,
    TransactionStage Stage,
    long CallCount,
    int OpenCallCount,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    ImmutableArray<Rank> RanksBefore,
    ImmutableArray<ToldNotice> OpenNotices);

/// <summary>One call of an open transaction as it stood when it was looked at.</summary>
/// <param name="Call">The call.</param>
/// <param name="Position">Its place in the serial order; null while it waits to be given one.</param>
/// <param name="State">Where it stands, in the words of the wire: <c>applied</c>, <c>read</c>, <c>failed</c>, <c>held</c>, …</param>
public sealed record CallStatus(NamedCall Call, Position? Position, string State);

/// <summary>A quarantine, and the call behind it.</summary>
/// <param name="Quarantine">The quarantine.</param>
/// <param name="Call">The call; null when it is no longer known.</param>
/// <param name="Reason">What the tool or server said, in words; null when it said nothing.</param>
public sealed record QuarantineStatus(Quarantine Quarantine, NamedCall? Call, string? Reason);

/// <summary>The workspace at one moment.</summary>
/// <param name="Open">The transactions that have not ended, in rank order.</param>
/// <param name="Ended">The latest that ended, the last one last.</param>
/// <param name="HighestFinished">The highest rank that has finished; null before the first.</param>
/// <param name="Unattended">Notices of ended transactions that nobody came for.</param>
/// <param name="Quarantines">What waits for the operator.</param>
public sealed record WorkspaceSnapshot(
    ImmutableArray<TransactionStatus> Open,
    ImmutableArray<TransactionStatus> Ended,
    Rank? HighestFinished,
    ImmutableArray<ToldNotice> Unattended,
    ImmutableArray<QuarantineStatus> Quarantines)
{
    /// <summary>The number of the journal's last entry.</summary>
    public long LastEntry { get; init; }

    /// <summary>The number of its latest entry at which nothing was open, where the next start begins to read; 0 when there is none.</summary>
    public long LastRest { get; init; }
}

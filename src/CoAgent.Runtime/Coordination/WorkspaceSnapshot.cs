using System.Collections.Immutable;
using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>How a transaction stands.</summary>
public enum TransactionState
{
    /// <summary>It takes calls.</summary>
    Open,

    /// <summary>It takes calls; its agent's connection is gone and may come back.</summary>
    Disconnected,

    /// <summary>Its agent finished, or was gone for longer than the grace.</summary>
    Finished,

    /// <summary>It was idle past its lease and counts as finished.</summary>
    Expired,

    /// <summary>Its agent was gone for longer than the grace, and the policy is to take it back.</summary>
    Aborted,
}

/// <summary>One transaction as it stood when it was looked at.</summary>
/// <param name="Transaction">Id, agent, rank.</param>
/// <param name="State">How it stands.</param>
/// <param name="CallCount">How many calls it has had.</param>
/// <param name="OpenCallCount">How many of them are open.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended; null while it is open.</param>
/// <param name="RanksBefore">The ranks that its finish waits for; empty once it has ended.</param>
public sealed record TransactionStatus(
    Transaction Transaction,
    TransactionState State,
    long CallCount,
    int OpenCallCount,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    ImmutableArray<Rank> RanksBefore);

/// <summary>The workspace at one moment.</summary>
/// <param name="Open">The open transactions in rank order.</param>
/// <param name="Ended">The latest that ended, the last one last.</param>
/// <param name="HighestFinished">The highest rank that has finished; null before the first.</param>
public sealed record WorkspaceSnapshot(
    ImmutableArray<TransactionStatus> Open,
    ImmutableArray<TransactionStatus> Ended,
    Rank? HighestFinished);

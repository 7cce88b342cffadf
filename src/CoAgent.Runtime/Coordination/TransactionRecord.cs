using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>What the runtime knows of a transaction that has not ended.</summary>
internal sealed class TransactionRecord(Transaction transaction, DateTimeOffset startedAt)
{
    public Transaction Transaction { get; } = transaction;

    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>How it stands; what it becomes when it is folded follows from it.</summary>
    public TransactionStage Stage { get; set; } = TransactionStage.Open;

    /// <summary>How it ends when it is folded.</summary>
    public TransactionStage EndsAs { get; set; } = TransactionStage.Finished;

    /// <summary>The calls that were proposed in it and are not forgotten.</summary>
    public List<CallId> Calls { get; } = [];

    public long CallCount { get; set; }

    public int OpenCallCount { get; set; }

    /// <summary>When its agent was last heard of, as a timestamp of the clock.</summary>
    public long TouchedAt { get; set; }

    /// <summary>When its agent's last connection ended, as a timestamp of the clock; null while it has one, or none is known to have ended.</summary>
    public long? GoneAt { get; set; }

    /// <summary>What its agent was told of own calls that own calls have changed, and has not confirmed by another request.</summary>
    public List<ChangedCall> ToldChanges { get; } = [];

    /// <summary>What of it may not have arrived: it goes out with the next answer.</summary>
    public List<ChangedCall> LostChanges { get; } = [];

    /// <summary>Why its agent decided on notices as it did: of those that come once more, an operator is shown it.</summary>
    public Dictionary<NoticeId, string> Reasons { get; } = [];

    /// <summary>How long its finish still waits, as a timestamp of the clock; null when none does.</summary>
    public long? FinishUntil { get; set; }

    /// <summary>Whether its agent can make calls in it.</summary>
    public bool IsAttended => Stage is TransactionStage.Open or TransactionStage.Disconnected;
}

namespace CoAgent.Protocol;

/// <summary>How much of everything one workspace may hold, and what happens beyond.</summary>
public sealed record ProtocolLimits
{
    /// <summary>Transactions that have not ended, or were aborted before a lower rank finished. Beyond: a new one is refused.</summary>
    public int TransactionsMax { get; init; } = 10_000;

    /// <summary>Calls that wait, are held, or execute. Beyond: a call is refused.</summary>
    public int OpenCallsMax { get; init; } = 4_096;

    /// <summary>Calls that are not folded yet. Beyond: a call is refused until a transaction finishes.</summary>
    public int CallsMax { get; init; } = 2_000_000;

    /// <summary>Calls that one plan unwinds and replays. Beyond: what needed the plan is refused and nothing is touched.</summary>
    public int PlanCallsMax { get; init; } = 10_000;

    /// <summary>Notices of one transaction that are not settled. Beyond: one notice says that more has changed.</summary>
    public int NoticesPerTransactionMax { get; init; } = 1_000;

    /// <summary>Bytes that captures of unfolded calls keep. Beyond: a write is refused until a transaction finishes.</summary>
    public long CapturedBytesMax { get; init; } = 16L << 30;

    /// <summary>How often an inverse is run when its outcome stays unknown. Beyond: its objects are quarantined.</summary>
    public int InverseAttemptCountMax { get; init; } = 3;

    /// <summary>Reads of an agent whose transaction lapsed that wait for its return. Beyond: the oldest are forgotten, and it is told so.</summary>
    public int LapsedReadsMax { get; init; } = 1_000;

    /// <summary>Agents whose reads wait for their return. Beyond: the one that left first is forgotten.</summary>
    public int LapsedAgentsMax { get; init; } = 1_000;
}

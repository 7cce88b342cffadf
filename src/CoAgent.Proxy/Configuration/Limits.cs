namespace CoAgent.Proxy.Configuration;

/// <summary>How much of everything the daemon takes before it refuses: <c>coagent.limits</c>.</summary>
public sealed record Limits
{
    /// <summary>The longest message, in either direction, in bytes.</summary>
    /// <value>33,554,432 (32 MiB).</value>
    public int MessageBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>How much may wait to be written to one peer that reads slowly, in bytes.</summary>
    /// <value>67,108,864 (64 MiB).</value>
    public int QueueBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>How deep a message may nest, in levels.</summary>
    /// <value>1,000.</value>
    public int NestingLevelsMax { get; init; } = 1000;

    /// <summary>The longest HTTP request line, in bytes.</summary>
    /// <value>8,192.</value>
    public int RequestLineBytesMax { get; init; } = 8 * 1024;

    /// <summary>The most that an HTTP request's headers take together, in bytes.</summary>
    /// <value>32,768.</value>
    public int RequestHeaderBytesMax { get; init; } = 32 * 1024;

    /// <summary>How many TCP connections are open at once.</summary>
    /// <value>4,096.</value>
    public int ConnectionsMax { get; init; } = 4096;

    /// <summary>How many client sessions are open at once.</summary>
    /// <value>1,024.</value>
    public int SessionsMax { get; init; } = 1024;

    /// <summary>How many calls of one session are open at once.</summary>
    /// <value>1,024.</value>
    public int OpenCallsPerSessionMax { get; init; } = 1024;

    /// <summary>How many inputs wait for the coordinator.</summary>
    /// <value>4,096.</value>
    public int CoordinatorQueueInputsMax { get; init; } = 4096;

    /// <summary>How many transactions are open at once.</summary>
    /// <value>4,096.</value>
    public int OpenTransactionsMax { get; init; } = 4096;

    /// <summary>How many entries the journal keeps at least for what is told of the past; those before go when nothing is open.</summary>
    /// <value>200,000.</value>
    public int JournalEntriesKept { get; init; } = 200_000;
}

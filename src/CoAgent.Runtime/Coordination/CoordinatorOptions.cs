using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>What a workspace's coordinator keeps to.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>The declared serial order.</summary>
    /// <value>None: order of arrival.</value>
    public DeclaredOrder Order { get; init; } = DeclaredOrder.None;

    /// <summary>How long a transaction may be idle before it counts as finished.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long an agent may be gone before <see cref="OnDisconnect"/> applies.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan DisconnectGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What becomes of the transaction of an agent that is gone.</summary>
    /// <value><see cref="DisconnectPolicy.Finish"/>.</value>
    public DisconnectPolicy OnDisconnect { get; init; }

    /// <summary>How many inputs wait for the loop; who posts one more waits.</summary>
    /// <value>4,096.</value>
    public int QueueInputsMax { get; init; } = 4096;

    /// <summary>How many transactions are open at once; one more is refused.</summary>
    /// <value>4,096.</value>
    public int OpenTransactionsMax { get; init; } = 4096;

    /// <summary>How many ended transactions a snapshot still shows, the latest.</summary>
    /// <value>256.</value>
    public int ShownEndedMax { get; init; } = 256;
}

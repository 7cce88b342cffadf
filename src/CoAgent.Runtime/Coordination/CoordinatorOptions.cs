using CoAgent.Protocol;

namespace CoAgent.Runtime.Coordination;

/// <summary>What a workspace's coordinator keeps to.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>By what the protocol decides: declared order, gates, limits.</summary>
    /// <value>Order of arrival, the gates' defaults.</value>
    public ProtocolOptions Protocol { get; init; } = new();

    /// <summary>How long a transaction may be idle before it counts as finished.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long an agent may be gone before <see cref="OnDisconnect"/> applies.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan DisconnectGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What becomes of the transaction of an agent that is gone.</summary>
    /// <value><see cref="DisconnectPolicy.Finish"/>.</value>
    public DisconnectPolicy OnDisconnect { get; init; }

    /// <summary>After how many entries of the journal, when nothing is open, it is written down what is left: reading begins there.</summary>
    /// <value>10,000.</value>
    public int RestAfterEntries { get; init; } = 10_000;

    /// <summary>Names the machine's boot: another one than the journal's means that the power may have been lost. Empty: it is not known.</summary>
    /// <value>What Linux says; elsewhere empty.</value>
    public string BootId { get; init; } = ThisBoot;

    /// <summary>How many inputs wait for the loop; who posts one more waits.</summary>
    /// <value>4,096.</value>
    public int QueueInputsMax { get; init; } = 4096;

    /// <summary>How many answers wait to be durable; the loop waits for more room.</summary>
    /// <value>4,096.</value>
    public int QueueAnswersMax { get; init; } = 4096;

    /// <summary>How many ended transactions a snapshot still shows, the latest.</summary>
    /// <value>256.</value>
    public int ShownEndedMax { get; init; } = 256;

    /// <summary>How many notices that nobody came for a snapshot still shows, the latest.</summary>
    /// <value>1,000.</value>
    public int ShownUnattendedMax { get; init; } = 1_000;

    /// <summary>How many bytes of results are kept to tell what changed; beyond, the oldest are told by their call alone.</summary>
    /// <value>256 MiB.</value>
    public long ResultBytesMax { get; init; } = 256L << 20;

    private static string ThisBoot { get; } =
        File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";
}

namespace CoAgent.Workspace;

/// <summary>What the workspace server allows one call to read, show and take.</summary>
public sealed record WorkspaceLimits
{
    /// <summary>The limits that hold unless told otherwise.</summary>
    public static WorkspaceLimits Default { get; } = new();

    /// <summary>The largest file that is read, edited or searched.</summary>
    /// <value>64 MiB.</value>
    public int FileBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest answer; clients cut longer ones on their own, and less kindly.</summary>
    /// <value>40,000 bytes.</value>
    public int AnswerBytesMax { get; init; } = 40_000;

    /// <summary>The most standard output of a command that is shown.</summary>
    /// <value>30,000 bytes.</value>
    public int OutputBytesMax { get; init; } = 30_000;

    /// <summary>The most standard error of a command that is shown.</summary>
    /// <value>10,000 bytes.</value>
    public int ErrorOutputBytesMax { get; init; } = 10_000;

    /// <summary>The most of one matching line that a search shows.</summary>
    /// <value>500 characters.</value>
    public int MatchCharactersMax { get; init; } = 500;

    /// <summary>The longest pattern of a search for names or text.</summary>
    /// <value>4,096 characters.</value>
    public int PatternCharactersMax { get; init; } = 4096;

    /// <summary>The longest command line; the system takes no argument beyond 128 KiB.</summary>
    /// <value>100,000 bytes.</value>
    public int CommandBytesMax { get; init; } = 100_000;

    /// <summary>The most bytes that are captured to take one call back; a call that would need more is not made.</summary>
    /// <value>256 MiB.</value>
    public long CaptureBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>The most files and directories that are captured to take one call back.</summary>
    /// <value>100,000 entries.</value>
    public int CaptureEntriesMax { get; init; } = 100_000;

    /// <summary>The most that a command writes into its layer, and the largest tree that is copied where a layer cannot be used.</summary>
    /// <value>1 GiB.</value>
    public long LayerBytesMax { get; init; } = 1L << 30;

    /// <summary>The most processes and threads of a command at one time, where the system can count them (Linux 6.14).</summary>
    /// <value>4,096; the kernel takes no less than 301.</value>
    public int ProcessesMax { get; init; } = 4096;

    /// <summary>The longest trace of what a command reads that is taken apart; beyond, what it reads is not known.</summary>
    /// <value>64 MiB.</value>
    public long TraceBytesMax { get; init; } = 64L << 20;

    /// <summary>How long a command runs when the call does not say.</summary>
    /// <value>120 seconds.</value>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The longest that a call may let a command run.</summary>
    /// <value>3600 seconds.</value>
    public TimeSpan CommandTimeoutMax { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>How long processes have to end after the polite signal, before they are killed.</summary>
    /// <value>2 seconds.</value>
    public TimeSpan TerminationGrace { get; init; } = TimeSpan.FromSeconds(2);
}

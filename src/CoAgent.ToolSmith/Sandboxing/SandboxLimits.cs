namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>How much a trial may use.</summary>
/// <remarks>
/// Memory, size of a file and open files hold for each process; the number of processes bounds them together. Without walls only time and
/// output are limited.
/// </remarks>
public sealed record SandboxLimits
{
    /// <summary>How long a program may run, and a server may take for one answer.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a program has to end by itself when it is no longer wanted.</summary>
    /// <value>2 seconds.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most processes and threads at one time.</summary>
    /// <value>512; the kernel takes no less than 301 for a superuser's.</value>
    public int ProcessesMax { get; init; } = 512;

    /// <summary>The most memory of one process, in bytes.</summary>
    /// <value>2 GiB.</value>
    public long MemoryBytesMax { get; init; } = 2L << 30;

    /// <summary>The largest file that it can write, in bytes.</summary>
    /// <value>256 MiB.</value>
    public long FileBytesMax { get; init; } = 256L << 20;

    /// <summary>The most open files of one process.</summary>
    /// <value>4096.</value>
    public int OpenFilesMax { get; init; } = 4096;

    /// <summary>How much can be written outside the trial folder, where it is thrown away, in bytes.</summary>
    /// <value>256 MiB.</value>
    public long ScratchBytesMax { get; init; } = 256L << 20;

    /// <summary>How much of each output stream is kept, in bytes.</summary>
    /// <value>1 MiB.</value>
    public int OutputBytesMax { get; init; } = 1 << 20;

    /// <summary>The most files of a trial folder that are compared.</summary>
    /// <value>20,000.</value>
    public int FilesMax { get; init; } = 20_000;

    /// <summary>The longest trace that is read, in bytes.</summary>
    /// <value>64 MiB.</value>
    public long TraceBytesMax { get; init; } = 64L << 20;
}

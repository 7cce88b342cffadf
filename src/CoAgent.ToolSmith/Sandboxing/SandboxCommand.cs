using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>A program that is run in a sandbox.</summary>
/// <param name="Arguments">The program and its arguments.</param>
public sealed record SandboxCommand(ImmutableArray<string> Arguments)
{
    /// <summary>What is added to the few variables that a sandbox takes over.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Where it runs, by full path; null for the trial folder.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What it is given on standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Folders that it may see although they lie in a place that is hidden from it, as temporary ones do.</summary>
    public ImmutableArray<string> Shown { get; init; } = [];

    /// <summary>Folders beside the trial folder that it may write.</summary>
    public ImmutableArray<string> Owned { get; init; } = [];

    /// <summary>How long it may run; null for what the limits say.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How a program in a sandbox ended.</summary>
/// <param name="ExitCode">Its exit code; null when its time was over and it was ended.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
public sealed record SandboxRun(int? ExitCode, KeptOutput Output, KeptOutput Errors);

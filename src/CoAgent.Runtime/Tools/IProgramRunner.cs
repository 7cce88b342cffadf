using System.Collections.Immutable;

namespace CoAgent.Runtime.Tools;

/// <summary>Runs the programs that captures and inverses need (docs/catalog.md, "Steps").</summary>
/// <remarks>As for <see cref="IToolWorld"/>: whatever happens is an outcome.</remarks>
public interface IProgramRunner
{
    /// <summary>Runs a program to its end, and ends it where it does not end in time.</summary>
    ValueTask<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken);
}

/// <summary>A program that is to be run; no shell looks at it.</summary>
/// <param name="Arguments">The program and its arguments, each as it is.</param>
/// <param name="WorkingDirectory">The full path that it starts in.</param>
/// <param name="Environment">What is added to the environment of the daemon.</param>
public sealed record ProgramStart(
    ImmutableArray<string> Arguments, string WorkingDirectory, ImmutableSortedDictionary<string, string> Environment)
{
    /// <summary>What it is given on standard input.</summary>
    /// <value>Nothing.</value>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>How long it may run.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How much it may print, in bytes; one that prints more has failed.</summary>
    public required int OutputBytesMax { get; init; }

    /// <summary>The private folder that it may write to, by full path; null where there is none.</summary>
    public string? CaptureDirectory { get; init; }
}

/// <summary>What became of a program.</summary>
public abstract record ProgramEnd
{
    private ProgramEnd()
    {
    }

    /// <summary>It ended by itself.</summary>
    /// <param name="ExitCode">0 where it did what it was to do; 128 + N where signal N ended it.</param>
    /// <param name="Output">What it printed.</param>
    /// <param name="Errors">The last lines of what it complained of.</param>
    public sealed record Exited(int ExitCode, ReadOnlyMemory<byte> Output, string Errors) : ProgramEnd;

    /// <summary>It did not run.</summary>
    /// <param name="Reason">Why, for the operator.</param>
    public sealed record NotStarted(string Reason) : ProgramEnd;

    /// <summary>It was ended before it was done: some of it may have happened.</summary>
    /// <param name="Reason">Why, for the operator.</param>
    public sealed record Ended(string Reason) : ProgramEnd;
}

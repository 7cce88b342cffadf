namespace CoAgent.Benchmarks.Core;

/// <summary>What is done late, on an object on which later transactions have made calls.</summary>
internal enum LateKind
{
    /// <summary>A write beneath later read-modify-writes: all are unwound and replayed.</summary>
    Write,

    /// <summary>The write is undone again: the same once more.</summary>
    Undo,

    /// <summary>A read beneath them: they are hidden from it.</summary>
    Read,

    /// <summary>A write beneath later reads that are made again and return the same.</summary>
    ReadersSame,

    /// <summary>A write beneath later reads that are made again and return something else: a notice each.</summary>
    ReadersTold,

    /// <summary>A write beneath later reads that cannot be made again: a notice each, in one step.</summary>
    ReadersBlind,
}

/// <summary>The kinds of late work in words.</summary>
internal static class LateKinds
{
    public static readonly IReadOnlyList<LateKind> All = Enum.GetValues<LateKind>();

    public static string NameOf(LateKind kind) => kind switch
    {
        LateKind.Write => "write beneath read-modify-writes",
        LateKind.Undo => "its undo",
        LateKind.Read => "read beneath read-modify-writes",
        LateKind.ReadersSame => "write beneath reads, same value",
        LateKind.ReadersTold => "write beneath reads, another value",
        LateKind.ReadersBlind => "write beneath reads not re-readable",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <summary>What late work costs the protocol alone; the tools cost nothing here.</summary>
/// <param name="World">The world.</param>
/// <param name="Kind">What is done.</param>
/// <param name="LaterCalls">How many later calls it concerns.</param>
/// <param name="NanosecondsPerCall">All its steps together, by later call; the median of the repetitions.</param>
/// <param name="LongestStepNanoseconds">The longest of its steps; the median of the repetitions.</param>
internal sealed record LateCost(
    string World, LateKind Kind, int LaterCalls, double NanosecondsPerCall, double LongestStepNanoseconds);

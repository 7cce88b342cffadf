namespace CoAgent.Benchmarks.Core;

/// <summary>How much is done. The sizes of the worlds stay the same: they are what is measured.</summary>
/// <param name="Rounds">Rounds in which the worlds take turns.</param>
/// <param name="Batches">Batches of a round; one is 100 calls of five guests.</param>
/// <param name="FoldedCalls">Folded calls at the second look at the memory; the first is after a tenth of them.</param>
internal sealed record CorePace(int Rounds, int Batches, int FoldedCalls)
{
    public static CorePace Quick { get; } = new(2, 100, 300_000);

    public static CorePace Full { get; } = new(5, 500, 1_000_000);
}

/// <summary>What the user asked of a run.</summary>
internal sealed record CoreOptions
{
    public required CorePace Pace { get; init; }

    /// <summary>Beginnings of the names of the parts wanted; empty for all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <value>null: no JSON is written.</value>
    public required string? Json { get; init; }

    public bool Wants(string part) =>
        Only.Count == 0 || Only.Any(name => part.StartsWith(name, StringComparison.Ordinal));
}

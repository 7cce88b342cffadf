using CoAgent.Benchmarks.Measuring;

namespace CoAgent.Benchmarks;

/// <summary>What the user asked of a run.</summary>
internal sealed record BenchmarkOptions
{
    public required Pace Pace { get; init; }

    /// <summary>Beginnings of the names of the rows wanted; empty for all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <value>null: the proxy is published from this repository.</value>
    public required string? CoAgent { get; init; }

    /// <value>null: tests/npm of this repository.</value>
    public required string? Npm { get; init; }

    /// <value>null: no JSON is written.</value>
    public required string? Json { get; init; }

    public bool Wants(string row) =>
        Only.Count == 0 || Only.Any(name => row.StartsWith(name, StringComparison.Ordinal));
}

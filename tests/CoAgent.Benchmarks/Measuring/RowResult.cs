using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Measuring;

/// <summary>
/// What is measured of a row in every round. Times are in microseconds, rates in calls or megabytes a second.
/// </summary>
internal enum Figure
{
    Median,
    P99,
    CallsAt1,
    CallsAt16,
    CallsAt64,
    CpuPerCall,
    ClientCpuPerCall,
    Result64KiB,
    Rate64KiB,
    Result1MiB,
    Rate1MiB,
}

/// <summary>
/// Resident megabytes of the process that the client started, if it is a bridge, and of all others before the
/// server.
/// </summary>
internal sealed record Resident(double Daemon, double? Bridge);

/// <summary>What a row came to: figures of every round, in the order of the rounds.</summary>
internal sealed class RowResult(Row row)
{
    private readonly Dictionary<Figure, List<double>> rounds = [];

    public Row Row => row;

    /// <summary>Why there are no figures, or none after a certain round; null when all went well.</summary>
    public string? Failure { get; set; }

    public IReadOnlyDictionary<Figure, List<double>> Rounds => rounds;

    /// <summary>Milliseconds from starting the process to the first answer, with a daemon running.</summary>
    public List<double> WarmStarts { get; } = [];

    /// <summary>The same in a fresh folder with no daemon (for the server itself: without any proxy).</summary>
    public List<double> ColdStarts { get; } = [];

    /// <summary>After the warm-up with small calls, before any large result.</summary>
    public Resident? AfterSmallCalls { get; set; }

    /// <summary>At the end of the run.</summary>
    public Resident? AfterAll { get; set; }

    public void Add(Figure figure, double value)
    {
        if (!rounds.TryGetValue(figure, out var values))
        {
            rounds[figure] = values = [];
        }

        values.Add(value);
    }

    public double? Value(Figure figure) =>
        rounds.TryGetValue(figure, out var values) ? Statistics.Median(values) : null;

    /// <summary>
    /// The median over the rounds of this row's figure by the other's of the same round, so that drift cancels out.
    /// </summary>
    public double? Ratio(Figure figure, RowResult? other) =>
        other is not null
        && rounds.TryGetValue(figure, out var ours)
        && other.rounds.TryGetValue(figure, out var theirs)
            ? Statistics.Median(ours.Zip(theirs, (our, their) => our / their))
            : null;
}

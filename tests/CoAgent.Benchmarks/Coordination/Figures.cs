using CoAgent.Benchmarks.Measuring;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>Every figure of every round, by part, row and name.</summary>
internal sealed class Figures
{
    private readonly Dictionary<(string Part, string Row, string Name), List<double>> _rounds = [];

    /// <summary>All of them, in the order in which they were first measured.</summary>
    public IEnumerable<(string Part, string Row, string Name, IReadOnlyList<double> Rounds)> All =>
        _rounds.Select(static pair => (pair.Key.Part, pair.Key.Row, pair.Key.Name, (IReadOnlyList<double>)pair.Value));

    public void Add(string part, string row, string name, double value)
    {
        if (!_rounds.TryGetValue((part, row, name), out var rounds))
        {
            _rounds[(part, row, name)] = rounds = [];
        }

        rounds.Add(value);
    }

    /// <summary>Median and 95th percentile of one slice, in microseconds.</summary>
    public void AddTimes(string part, string row, IReadOnlyList<double> sorted)
    {
        Add(part, row, Names.Median, Statistics.Quantile(sorted, 0.5));
        Add(part, row, Names.P95, Statistics.Quantile(sorted, 0.95));
    }

    /// <summary>The rounds of a figure; none where it was not measured.</summary>
    public IReadOnlyList<double> Of(string part, string row, string name) => _rounds.GetValueOrDefault((part, row, name)) ?? [];

    /// <summary>By how much one row is above another, round by round.</summary>
    public IReadOnlyList<double> Differences(string part, string row, string below, string name) =>
        [.. Of(part, row, name).Zip(Of(part, below, name), static (above, floor) => above - floor)];

    /// <summary>How many times another row's one row is, round by round.</summary>
    public IReadOnlyList<double> Ratios(string part, string row, string below, string name) =>
        [.. Of(part, row, name).Zip(Of(part, below, name), static (above, floor) => above / floor)];

    /// <summary>The median of the rounds and the middle half of them, such as <c>12.3 (11.0–14.1)</c>.</summary>
    public static string Shown(IReadOnlyList<double> rounds, string format = "N1")
    {
        if (rounds.Count == 0)
        {
            return "";
        }

        double[] sorted = [.. rounds.Order()];
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var (low, high) = (Statistics.Quantile(sorted, 0.25), Statistics.Quantile(sorted, 0.75));
        return $"{Statistics.Median(sorted).ToString(format, culture)} ({low.ToString(format, culture)}–{high.ToString(format, culture)})";
    }
}

/// <summary>The names of figures.</summary>
internal static class Names
{
    public const string Median = "median µs";
    public const string P95 = "p95 µs";
    public const string Bytes = "bytes allocated by call";
    public const string Flushes = "flushes by write";
    public const string PerSecond = "writes by second";
}

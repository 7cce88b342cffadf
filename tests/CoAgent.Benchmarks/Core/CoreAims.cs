using CoAgent.Benchmarks.Reports;

namespace CoAgent.Benchmarks.Core;

/// <summary>What the protocol sets out to reach, beside what it reached in this run.</summary>
internal sealed class CoreAims(CoreResults results)
{
    private const double StepMedianMax = 5_000;
    private const double LargeBySmallMax = 2;
    private const double LinearWithin = 2;
    private const double FoldedBytesMax = 1;

    /// <summary>The steps' aims: quick with much in the workspace, and about as quick as with little.</summary>
    public MarkdownTable Steps()
    {
        var table = new MarkdownTable(
            "step", $"large ns, at most {StepMedianMax:N0}", "", $"large/small, at most {LargeBySmallMax}", "");
        foreach (var kind in StepKinds.All)
        {
            var median = results.Step(CoreBenchmark.Large, kind, cost => cost.Median);
            var ratio = results.Ratio(CoreBenchmark.Large, CoreBenchmark.Small, kind);
            table.Add(
                StepKinds.NameOf(kind),
                $"{median:N0}", Mark(median, StepMedianMax), $"{ratio:0.00}", Mark(ratio, LargeBySmallMax));
        }

        return table;
    }

    /// <summary>Late work costs in proportion to what it concerns, whatever else there is.</summary>
    public MarkdownTable Late()
    {
        var (few, many) = (LateLoad.LaterCalls[0], LateLoad.LaterCalls[^1]);
        var table = new MarkdownTable(
            "late work, by later call",
            $"{many:N0} by {few}, at most {LinearWithin}", "", $"large/bare, at most {LargeBySmallMax}", "");
        foreach (var kind in LateKinds.All)
        {
            var large = Nanoseconds(CoreBenchmark.Large, kind, many);
            var growth = large / Nanoseconds(CoreBenchmark.Large, kind, few);
            var ratio = large / Nanoseconds(CoreBenchmark.Bare, kind, many);
            table.Add(
                LateKinds.NameOf(kind),
                $"{growth:0.00}", Mark(growth, LinearWithin), $"{ratio:0.00}", Mark(ratio, LargeBySmallMax));
        }

        return table;
    }

    /// <summary>What is folded leaves memory.</summary>
    public static MarkdownTable Folding(FoldedMemoryResult folded)
    {
        var table = new MarkdownTable("memory", $"0, within {FoldedBytesMax}", "");
        var mark = Mark(Math.Abs(folded.BytesPerCall), FoldedBytesMax);
        table.Add("bytes by folded call", $"{folded.BytesPerCall:0.000}", mark);
        return table;
    }

    private double? Nanoseconds(WorldSize world, LateKind kind, int laterCalls) =>
        results.Late(world, kind, laterCalls, cost => cost.NanosecondsPerCall);

    private static string Mark(double? value, double limit) => value is null ? "" : value <= limit ? "✓" : "✗";
}

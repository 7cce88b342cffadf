using CoAgent.Benchmarks.Reports;

namespace CoAgent.Benchmarks.Core;

/// <summary>What the protocol sets out to reach, beside what it reached in this run.</summary>
internal sealed class CoreAims(CoreResults results)
{
    private const double StepMedianMax = 5_000;
    private const double LargeBySmallMax = 2;
    private const double LinearWithin = 2;
    private const double FoldedBytesMax = 1;

    public MarkdownTable Table()
    {
        var table = new MarkdownTable("aim", "measured", "");
        foreach (var kind in StepKinds.All)
        {
            AtMost(
                table,
                $"{StepKinds.NameOf(kind)}, large: median at most {StepMedianMax:N0} ns",
                results.Step(CoreBenchmark.Large, kind, cost => cost.Median),
                StepMedianMax);
            AtMost(
                table,
                $"{StepKinds.NameOf(kind)}: large/small at most {LargeBySmallMax}",
                results.Ratio(CoreBenchmark.Large, CoreBenchmark.Small, kind),
                LargeBySmallMax);
        }

        AtMost(
            table,
            $"bytes by folded call: 0, within {FoldedBytesMax}",
            results.Folded is { } folded ? Math.Abs(folded.BytesPerCall) : null,
            FoldedBytesMax);
        foreach (var kind in Enum.GetValues<LateKind>())
        {
            AddLate(table, kind);
        }

        return table;
    }

    private void AddLate(MarkdownTable table, LateKind kind)
    {
        var (few, many) = (LateLoad.LaterCalls[0], LateLoad.LaterCalls[^1]);
        AtMost(
            table,
            $"late {kind}: a call of {many:N0} by a call of {few}, large: at most {LinearWithin}",
            Nanoseconds(CoreBenchmark.Large, kind, many) / Nanoseconds(CoreBenchmark.Large, kind, few),
            LinearWithin);
        AtMost(
            table,
            $"late {kind}: a call of {many:N0}, large/bare: at most {LargeBySmallMax}",
            Nanoseconds(CoreBenchmark.Large, kind, many) / Nanoseconds(CoreBenchmark.Bare, kind, many),
            LargeBySmallMax);
    }

    private double? Nanoseconds(WorldSize world, LateKind kind, int laterCalls) =>
        results.LateOf(world.Name, kind, laterCalls)?.NanosecondsPerCall;

    private static void AtMost(MarkdownTable table, string aim, double? value, double limit)
    {
        if (value is { } number)
        {
            table.Add(aim, number.ToString("#,0.##"), number <= limit ? "✓" : "✗");
        }
    }
}

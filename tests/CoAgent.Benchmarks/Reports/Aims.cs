using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Reports;

/// <summary>What the proxy sets out to reach, beside what it reached in this run.</summary>
internal sealed class Aims(IReadOnlyList<RowResult> results)
{
    private const double MedianByFloorMax = 1.3;
    private const double CallsByFloorMin = 0.75;
    private const double StartOverDirectMillisecondsMax = 150;
    private const double MegabytesMax = 70;
    private const double TimesBestRivalMin = 2;

    public MarkdownTable Table()
    {
        var table = new MarkdownTable("aim", "HTTP", "", "stdio", "");
        Add(table, $"median, x floor: at most {MedianByFloorMax}", ours => ByFloor(ours, Figure.Median), value => value <= MedianByFloorMax);
        Add(table, $"calls/s at 1, x floor: at least {CallsByFloorMin}", ours => ByFloor(ours, Figure.CallsAt1), value => value >= CallsByFloorMin);
        Add(table, $"calls/s at 16, x floor: at least {CallsByFloorMin}", ours => ByFloor(ours, Figure.CallsAt16), value => value >= CallsByFloorMin);
        Add(table, $"calls/s at 64, x floor: at least {CallsByFloorMin}", ours => ByFloor(ours, Figure.CallsAt64), value => value >= CallsByFloorMin);
        Add(table, $"start over direct, daemon running, ms: at most {StartOverDirectMillisecondsMax}", ours => OverDirect(ours.WarmStarts), value => value <= StartOverDirectMillisecondsMax);
        Add(table, $"start over direct, none running, ms: at most {StartOverDirectMillisecondsMax}", ours => OverDirect(ours.ColdStarts), value => value <= StartOverDirectMillisecondsMax);
        Add(table, $"daemon after large results, MB: below {MegabytesMax}", ours => ours.AfterAll?.Daemon, value => value < MegabytesMax);
        Add(table, $"daemon after small calls, MB: below {MegabytesMax}", ours => ours.AfterSmallCalls?.Daemon, value => value < MegabytesMax);
        Add(table, $"bridge, MB: below {MegabytesMax}", ours => ours.AfterAll?.Bridge, value => value < MegabytesMax);
        Add(table, $"median, best rival by ours: at least {TimesBestRivalMin}", ours => TimesBestRival(ours, Figure.Median, lowerIsBetter: true), value => value >= TimesBestRivalMin);
        Add(table, $"calls/s at 16, ours by best rival: at least {TimesBestRivalMin}", ours => TimesBestRival(ours, Figure.CallsAt16, lowerIsBetter: false), value => value >= TimesBestRivalMin);
        Add(table, $"calls/s at 64, ours by best rival: at least {TimesBestRivalMin}", ours => TimesBestRival(ours, Figure.CallsAt64, lowerIsBetter: false), value => value >= TimesBestRivalMin);
        return table;
    }

    private void Add(MarkdownTable table, string aim, Func<RowResult, double?> value, Func<double, bool> reached)
    {
        var (http, httpReached) = Cells(Of(RowKind.CoAgent, Transport.Http));
        var (stdio, stdioReached) = Cells(Of(RowKind.CoAgent, Transport.Stdio));
        table.Add(aim, http, httpReached, stdio, stdioReached);

        (string Value, string Reached) Cells(IEnumerable<RowResult> ours) =>
            ours.FirstOrDefault() is { } row && value(row) is { } number
                ? (number.ToString("0.##"), reached(number) ? "reached" : "missed")
                : ("", "");
    }

    private double? ByFloor(RowResult ours, Figure figure) =>
        ours.Ratio(figure, Of(RowKind.Floor, ours.Row.Transport).FirstOrDefault());

    private double? OverDirect(List<double> starts) =>
        starts.Count > 0 && Of(RowKind.Direct, Transport.Stdio).FirstOrDefault() is { ColdStarts.Count: > 0 } direct
            ? Statistics.Median(starts) - Statistics.Median(direct.ColdStarts)
            : null;

    // The worst of our ratios: the one to the rival that did best.
    private double? TimesBestRival(RowResult ours, Figure figure, bool lowerIsBetter) =>
        Of(RowKind.Rival, ours.Row.Transport)
            .Select(rival => lowerIsBetter ? rival.Ratio(figure, ours) : ours.Ratio(figure, rival))
            .Min();

    private IEnumerable<RowResult> Of(RowKind kind, Transport transport) =>
        results.Where(result => result.Row.Kind == kind && result.Row.Transport == transport);
}

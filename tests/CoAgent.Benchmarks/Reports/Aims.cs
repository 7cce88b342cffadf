using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Reports;

/// <summary>What the proxy sets out to reach, beside what it reached in this run.</summary>
internal sealed class Aims(IReadOnlyList<RowResult> results)
{
    private const double MedianByFloorMax = 1.3;
    private const double CallsByFloorMin = 0.75;
    private const double StartOverDirectMax = 150;
    private const double MegabytesMax = 70;
    private const double TimesBestRivalMin = 2;

    public MarkdownTable Table()
    {
        var table = new MarkdownTable("aim", "HTTP", "", "stdio", "");
        AtMost(table, "median, x floor", MedianByFloorMax, ours => ByFloor(ours, Figure.Median));
        AtLeast(table, "calls/s at 1, x floor", CallsByFloorMin, ours => ByFloor(ours, Figure.CallsAt1));
        AtLeast(table, "calls/s at 16, x floor", CallsByFloorMin, ours => ByFloor(ours, Figure.CallsAt16));
        AtLeast(table, "calls/s at 64, x floor", CallsByFloorMin, ours => ByFloor(ours, Figure.CallsAt64));
        AtMost(table, "start over direct, daemon running, ms", StartOverDirectMax, ours => OverDirect(ours.WarmStarts));
        AtMost(table, "start over direct, none running, ms", StartOverDirectMax, ours => OverDirect(ours.ColdStarts));
        AtMost(table, "daemon after small calls, MB", MegabytesMax, ours => ours.AfterSmallCalls?.Daemon);
        AtMost(table, "daemon after large results, MB", MegabytesMax, ours => ours.AfterAll?.Daemon);
        AtMost(table, "bridge, MB", MegabytesMax, ours => ours.AfterAll?.Bridge);
        AtLeast(table, "median, best rival by ours", TimesBestRivalMin, ours => LeadInTime(ours, Figure.Median));
        AtLeast(table, "calls/s at 16, x best rival", TimesBestRivalMin, ours => LeadInRate(ours, Figure.CallsAt16));
        AtLeast(table, "calls/s at 64, x best rival", TimesBestRivalMin, ours => LeadInRate(ours, Figure.CallsAt64));
        return table;
    }

    private void AtMost(MarkdownTable table, string what, double limit, Func<RowResult, double?> value) =>
        Add(table, $"{what}: at most {limit}", value, number => number <= limit);

    private void AtLeast(MarkdownTable table, string what, double limit, Func<RowResult, double?> value) =>
        Add(table, $"{what}: at least {limit}", value, number => number >= limit);

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

    // The least of the leads is the one over the rival that did best.
    private double? LeadInTime(RowResult ours, Figure figure) =>
        Of(RowKind.Rival, ours.Row.Transport).Select(rival => rival.Ratio(figure, ours)).Min();

    private double? LeadInRate(RowResult ours, Figure figure) =>
        Of(RowKind.Rival, ours.Row.Transport).Select(rival => ours.Ratio(figure, rival)).Min();

    private IEnumerable<RowResult> Of(RowKind kind, Transport transport) =>
        results.Where(result => result.Row.Kind == kind && result.Row.Transport == transport);
}

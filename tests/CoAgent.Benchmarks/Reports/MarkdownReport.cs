using System.Runtime.InteropServices;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Reports;

/// <summary>The tables that a person reads.</summary>
internal sealed class MarkdownReport(IReadOnlyList<RowResult> results, Pace pace)
{
    private IEnumerable<RowResult> Measured => results.Where(result => result.Rounds.Count > 0);

    public void Write(TextWriter output)
    {
        output.WriteLine("# Benchmark");
        output.WriteLine();
        output.WriteLine(
            $"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, {pace.Rounds} rounds "
            + $"of {pace.Phase.TotalSeconds} s a figure. Medians of the rounds; "
            + "\"x floor\" is the median of the rounds' own ratios.");
        Section(output, "Small calls", Calls());
        Section(output, "Large results, one in flight", LargeResults());
        Section(output, "Start to first answer", Starts());
        Section(output, "Processor time at 16 in flight, resident memory", Costs());
        if (Measured.Any(result => result.Row.Kind == RowKind.CoAgent))
        {
            Section(output, "Aims (printed beside, never asserted)", new Aims(results).Table());
        }

        output.WriteLine();
        foreach (var result in results.Where(result => result.Failure is not null))
        {
            var extent = result.Rounds.Count > 0 ? "Not measured to the end" : "Not measured";
            output.WriteLine($"{extent}: {result.Row.Name}: {result.Failure}");
        }
    }

    private static void Section(TextWriter output, string title, MarkdownTable table)
    {
        output.WriteLine();
        output.WriteLine($"## {title}");
        output.WriteLine();
        output.Write(table);
    }

    private MarkdownTable Calls()
    {
        var table = new MarkdownTable(
            "row", "median µs", "x floor", "p99 µs", "x floor",
            "calls/s at 1", "at 16", "x floor", "at 64", "x floor");
        foreach (var result in Measured)
        {
            table.Add(
                result.Row.Name,
                Whole(result, Figure.Median), Ratio(result, Figure.Median),
                Whole(result, Figure.P99), Ratio(result, Figure.P99),
                Whole(result, Figure.CallsAt1),
                Whole(result, Figure.CallsAt16), Ratio(result, Figure.CallsAt16),
                Whole(result, Figure.CallsAt64), Ratio(result, Figure.CallsAt64));
        }

        return table;
    }

    private MarkdownTable LargeResults()
    {
        var table = new MarkdownTable("row", "64 KiB µs", "x floor", "MB/s", "1 MiB µs", "x floor", "MB/s");
        foreach (var result in Measured)
        {
            table.Add(
                result.Row.Name,
                Whole(result, Figure.Result64KiB), Ratio(result, Figure.Result64KiB), Whole(result, Figure.Rate64KiB),
                Whole(result, Figure.Result1MiB), Ratio(result, Figure.Result1MiB), Whole(result, Figure.Rate1MiB));
        }

        return table;
    }

    private MarkdownTable Starts()
    {
        var table = new MarkdownTable("row", "daemon running ms", "over direct", "none running ms", "over direct");
        var server = results.FirstOrDefault(result => result.Row.Kind == RowKind.Direct);
        var direct = MedianOf(server?.ColdStarts ?? []);
        foreach (var result in Measured.Where(result => result.WarmStarts.Count + result.ColdStarts.Count > 0))
        {
            var warm = MedianOf(result.WarmStarts);
            var cold = MedianOf(result.ColdStarts);
            table.Add(
                result.Row.Name,
                Text(warm, "N0"), Text(warm - direct, "+0;-0;0"),
                Text(cold, "N0"), Text(cold - direct, "+0;-0;0"));
        }

        return table;
    }

    private MarkdownTable Costs()
    {
        var table = new MarkdownTable(
            "row", "proxy µs/call", "x floor", "client µs/call", "daemon MB, small calls", "after all", "bridge MB");
        foreach (var result in Measured)
        {
            table.Add(
                result.Row.Name,
                Proxy(result, Whole(result, Figure.CpuPerCall)),
                Proxy(result, Ratio(result, Figure.CpuPerCall)),
                Text(result.Value(Figure.ClientCpuPerCall), "N1"),
                Proxy(result, Text(result.AfterSmallCalls?.Daemon, "N0")),
                Proxy(result, Text(result.AfterAll?.Daemon, "N0")),
                Text(result.AfterAll?.Bridge, "N0"));
        }

        return table;
    }

    private string Ratio(RowResult result, Figure figure)
    {
        var floor = results.FirstOrDefault(
            other => other.Row.Kind == RowKind.Floor && other.Row.Transport == result.Row.Transport);
        return Text(result.Ratio(figure, floor), "0.00");
    }

    // The server itself has no proxy whose cost could be told.
    private static string Proxy(RowResult result, string cell) => result.Row.Kind == RowKind.Direct ? "" : cell;

    private static double? MedianOf(List<double> values) => values.Count > 0 ? Statistics.Median(values) : null;

    private static string Whole(RowResult result, Figure figure) => Text(result.Value(figure), "N0");

    private static string Text(double? value, string format) => value?.ToString(format) ?? "";
}

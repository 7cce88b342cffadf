using System.Runtime.InteropServices;
using CoAgent.Benchmarks.Reports;

namespace CoAgent.Benchmarks.Core;

/// <summary>The tables that a person reads.</summary>
internal sealed class CoreReport(CoreResults results, CorePace pace)
{
    private static readonly WorldSize Small = CoreBenchmark.Small;
    private static readonly WorldSize Large = CoreBenchmark.Large;
    private static readonly WorldSize Bare = CoreBenchmark.Bare;

    public void Write(TextWriter output)
    {
        output.WriteLine("# Benchmark of the protocol alone");
        output.WriteLine();
        output.WriteLine(
            $"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, {pace.Rounds} rounds. "
            + "Medians of the rounds; \"large/small\" is the median of the rounds' own ratios.");
        foreach (var size in new[] { Small, Large, Bare })
        {
            output.WriteLine(
                $"{size.Name}: {size.Transactions:N0} transactions, {size.Objects:N0} objects, {size.InFlight:N0} in flight.");
        }

        if (results.Steps.Count > 0)
        {
            Section(output, "Steps that conflict with nothing", Steps());
        }

        if (results.Late.Count > 0)
        {
            Section(output, "Late work, all steps together, by later call", Late());
        }

        if (results.Folded is not null || results.BytesPerOpenCall is not null)
        {
            Section(output, "Memory", Memory());
        }

        Section(output, "Aims (printed beside, never asserted)", new CoreAims(results).Table());
    }

    private static void Section(TextWriter output, string title, MarkdownTable table)
    {
        output.WriteLine();
        output.WriteLine($"## {title}");
        output.WriteLine();
        output.Write(table);
    }

    private MarkdownTable Steps()
    {
        var table = new MarkdownTable(
            "step", "small ns", "p99 ns", "bytes", "large ns", "p99 ns", "bytes", "large/small");
        foreach (var kind in StepKinds.All)
        {
            table.Add(
                StepKinds.NameOf(kind),
                Whole(results.Step(Small, kind, cost => cost.Median)),
                Whole(results.Step(Small, kind, cost => cost.P99)),
                Whole(results.Step(Small, kind, cost => cost.Bytes)),
                Whole(results.Step(Large, kind, cost => cost.Median)),
                Whole(results.Step(Large, kind, cost => cost.P99)),
                Whole(results.Step(Large, kind, cost => cost.Bytes)),
                results.Ratio(Large, Small, kind)?.ToString("0.00") ?? "");
        }

        return table;
    }

    private MarkdownTable Late()
    {
        var table = new MarkdownTable("late work", "later calls", "bare ns", "longest step µs", "large ns", "longest step µs");
        foreach (var kind in Enum.GetValues<LateKind>())
        {
            foreach (var laterCalls in LateLoad.LaterCalls)
            {
                var bare = results.LateOf(Bare.Name, kind, laterCalls);
                var large = results.LateOf(Large.Name, kind, laterCalls);
                table.Add(
                    NameOf(kind),
                    laterCalls.ToString("N0"),
                    Whole(bare?.NanosecondsPerCall),
                    Whole(bare?.LongestStepNanoseconds / 1e3),
                    Whole(large?.NanosecondsPerCall),
                    Whole(large?.LongestStepNanoseconds / 1e3));
            }
        }

        return table;
    }

    private MarkdownTable Memory()
    {
        var table = new MarkdownTable("memory", "");
        if (results.Folded is { } folded)
        {
            table.Add($"live after {folded.FewCalls:N0} folded calls, bytes", Whole(folded.FewBytes));
            table.Add($"live after {folded.ManyCalls:N0} folded calls, bytes", Whole(folded.ManyBytes));
            table.Add("bytes by folded call", folded.BytesPerCall.ToString("0.000"));
        }

        if (results.BytesPerOpenCall is { } bytes)
        {
            table.Add("bytes by call of an open transaction, large", Whole(bytes));
        }

        return table;
    }

    private static string NameOf(LateKind kind) => kind switch
    {
        LateKind.Write => "write beneath read-modify-writes",
        LateKind.Undo => "its undo",
        LateKind.ReadersSame => "write beneath reads, same value",
        LateKind.ReadersTold => "write beneath reads, another value",
        LateKind.ReadersBlind => "write beneath reads not re-readable",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string Whole(double? value) => value?.ToString("N0") ?? "";
}

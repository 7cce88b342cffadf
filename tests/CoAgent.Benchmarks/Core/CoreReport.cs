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
            $"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, {pace.Rounds} rounds."
            + " Medians of the rounds; \"large/small\" is the median of the rounds' own ratios.");
        foreach (var (name, transactions, objects, inFlight) in new[] { Small, Large, Bare })
        {
            output.WriteLine($"{name}: {transactions:N0} transactions, {objects:N0} objects, {inFlight:N0} in flight.");
        }

        var aims = new CoreAims(results);
        if (results.Steps.Count > 0)
        {
            Section(output, "Steps that conflict with nothing", Steps());
            Section(output, "Garbage of the rounds", Collections());
            Section(output, "Aims of steps (printed beside, never asserted)", aims.Steps());
        }

        if (results.LateRounds.Count > 0)
        {
            Section(output, "Late work, all its steps, by later call", Late());
            Section(output, "Aims of late work", aims.Late());
        }

        if (results.BytesPerOpenCall is { } bytes)
        {
            output.WriteLine();
            output.WriteLine($"A call of an open transaction keeps {bytes:N0} bytes (large).");
        }

        if (results.Folded is { } folded)
        {
            Section(output, "Memory of folded calls", Memory(folded));
            Section(output, "Aims of memory", CoreAims.Folding(folded));
        }
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

    private MarkdownTable Collections()
    {
        var table = new MarkdownTable("world", "steps", "collections", "ms each", "ns by step");
        foreach (var (world, rounds) in results.Steps)
        {
            var steps = rounds.Sum(round => round.StepCount);
            var collections = rounds.Sum(round => round.CollectionCount);
            var pause = rounds.Sum(round => round.Pause);
            var each = pause / 1e6 / collections;
            table.Add(world, $"{steps:N0}", $"{collections:N0}", $"{each:N1}", $"{pause / steps:N0}");
        }

        return table;
    }

    private MarkdownTable Late()
    {
        var table = new MarkdownTable(
            "late work", "later calls", "bare ns", "longest step µs", "large ns", "longest step µs");
        foreach (var kind in LateKinds.All)
        {
            foreach (var laterCalls in LateLoad.LaterCalls)
            {
                table.Add(
                    LateKinds.NameOf(kind),
                    laterCalls.ToString("N0"),
                    Whole(results.Late(Bare, kind, laterCalls, cost => cost.NanosecondsPerCall)),
                    Whole(results.Late(Bare, kind, laterCalls, cost => cost.LongestStepNanoseconds / 1e3)),
                    Whole(results.Late(Large, kind, laterCalls, cost => cost.NanosecondsPerCall)),
                    Whole(results.Late(Large, kind, laterCalls, cost => cost.LongestStepNanoseconds / 1e3)));
            }
        }

        return table;
    }

    private static MarkdownTable Memory(FoldedMemoryResult folded)
    {
        var table = new MarkdownTable("folded calls", "live bytes");
        table.Add($"{folded.FewCalls:N0}", Whole(folded.FewBytes));
        table.Add($"{folded.ManyCalls:N0}", Whole(folded.ManyBytes));
        return table;
    }

    private static string Whole(double? value) => value?.ToString("N0") ?? "";
}

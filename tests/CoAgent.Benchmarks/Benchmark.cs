using System.Runtime.InteropServices;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Processes;
using CoAgent.Benchmarks.Reports;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks;

/// <summary>One run: publish, measure side by side, report.</summary>
internal static class Benchmark
{
    public static int Run(BenchmarkOptions options)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The benchmark reads /proc and runs on Linux only.");
            return 2;
        }

        try
        {
            return Measure(options);
        }
        catch (NotMeasuredException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped; everything that was started has been ended.");
            return 130;
        }
    }

    private static int Measure(BenchmarkOptions options)
    {
        Row[] all = [.. BareRows.All(), .. CoAgentRows.All(), .. RivalRows.All()];
        Row[] rows = [.. all.Where(row => options.Wants(row.Name))];
        if (rows.Length == 0)
        {
            var names = string.Join(", ", all.Select(row => row.Name));
            throw new NotMeasuredException($"--only names no row. There are: {names}");
        }

        var repository = Publishing.FindRepository();
        var publishing = new Publishing(repository, Console.Error);
        using var workshop = new Workshop
        {
            Self = publishing.Publish("tests/CoAgent.Benchmarks", "CoAgent.Benchmarks"),
            CoAgent = rows.Any(row => row.Kind == RowKind.CoAgent)
                ? options.CoAgent ?? publishing.Publish("src/CoAgent.Cli", "coagent")
                : null,
            Npm = options.Npm ?? Path.Combine(repository, "tests", "npm"),
        };
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        var results = new Contest(workshop, options.Pace, Console.Error, stop.Token).Run(rows);
        new MarkdownReport(results, options.Pace).Write(Console.Out);
        if (options.Json is { } path)
        {
            JsonReport.Write(path, results, options.Pace);
        }

        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
            workshop.EndAll();
        }
    }
}

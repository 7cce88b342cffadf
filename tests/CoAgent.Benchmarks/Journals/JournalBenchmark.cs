using System.Globalization;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Reports;
using CoAgent.Benchmarks.Rows;
using CoAgent.Runtime.Journal;

namespace CoAgent.Benchmarks.Journals;

/// <summary>The journal alone: what an append costs, what a flush costs beside a bare one, how many share it, how much it keeps.</summary>
internal static class JournalBenchmark
{
    private static readonly int[] s_writers = [1, 8, 64];

    private static readonly TextWriter Progress = Console.Error;

    public static int Run(JournalOptions options)
    {
        var directory = Directory.CreateDirectory(Path.Combine(options.Directory, $"coagent-journal-{Environment.ProcessId}"));
        try
        {
            RunAsync(directory.FullName, options.Divisor).GetAwaiter().GetResult();
            return 0;
        }
        catch (NotMeasuredException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(string directory, int divisor)
    {
        var alone = new MarkdownTable("append alone", "median µs", "p99 µs", "by a bare one");
        Progress.WriteLine("written");
        await using (var world = new JournalWorld(Path.Combine(directory, "written.db")))
        {
            await world.AloneAsync(Persistence.Written, 5_000);
            Add(alone, "written", await world.AloneAsync(Persistence.Written, 50_000 / divisor), null);
        }

        Progress.WriteLine("flushed");
        await using (var world = new JournalWorld(Path.Combine(directory, "flushed.db")))
        {
            var (ours, bare) = await world.BesideBareAsync(Path.Combine(directory, "bare"), 4_000 / divisor);
            Add(alone, "flushed", ours, Statistics.Median(ours) / Statistics.Median(bare));
            Add(alone, "bare write and fdatasync of as many bytes", bare, null);
        }

        Console.WriteLine(alone);
        var shared = new MarkdownTable("writers at a time", "flushes by append", "appends by second", "median µs", "p99 µs");
        foreach (var writers in s_writers)
        {
            Progress.WriteLine($"{writers} writers");
            await using var world = new JournalWorld(Path.Combine(directory, $"shared{writers}.db"));
            var (each, seconds, flushes) = await world.SharedAsync(writers, Math.Max(writers * 4, 16_000 / divisor));
            shared.Add(
                $"{writers}", $"{(double)flushes / each.Count:0.000}", $"{each.Count / seconds:N0}", $"{Statistics.Median(each):N0}",
                $"{Quantile(each, 0.99):N0}");
        }

        Console.WriteLine(shared);
        Progress.WriteLine("size");
        var size = new MarkdownTable("size", "bytes");
        var bytes = await JournalWorld.BytesPerEntryAsync(Path.Combine(directory, "size.db"), 30_000 / divisor);
        size.Add("an entry in the file, of a write of 60 bytes and its answer", $"{bytes:N0}");
        Console.WriteLine(size);
    }

    private static void Add(MarkdownTable table, string name, IReadOnlyCollection<double> microseconds, double? ratio) => table.Add(
        name,
        $"{Statistics.Median(microseconds):N1}",
        $"{Quantile(microseconds, 0.99):N1}",
        ratio is { } value ? value.ToString("0.00", CultureInfo.InvariantCulture) : "");

    private static double Quantile(IEnumerable<double> values, double part) => Statistics.Quantile([.. values.Order()], part);
}

using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>What coordination costs: beside the plain relay as a client sees it, and alone in this process.</summary>
internal static class CoordinationBenchmark
{
    private static readonly TextWriter Progress = Console.Error;

    public static int Run(CoordinationOptions options)
    {
        var directory = Directory.CreateDirectory(Path.Combine(options.Directory, $"coagent-coordination-{Environment.ProcessId}"));
        try
        {
            var figures = new Figures();
            MeasureAsync(directory.FullName, options, figures).GetAwaiter().GetResult();
            new CoordinationReport(figures).Write(Console.Out);
            if (options.Json is { } path)
            {
                CoordinationReport.WriteJson(path, figures, options.Pace);
            }

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

    private static async Task MeasureAsync(string directory, CoordinationOptions options, Figures figures)
    {
        await IfWantedAsync(Inside.Calls, () => Inside.MeasureCallsAsync(directory, options.Pace, figures));
        await IfWantedAsync(Inside.Writers, () => Inside.MeasureWritersAsync(directory, options.Pace, figures));
        await IfWantedAsync(Inside.Replay, () => Inside.MeasureReplayAsync(directory, options.Pace, figures));

        async Task IfWantedAsync(string part, Func<Task> measure)
        {
            if (options.Wants(part))
            {
                Progress.WriteLine(part);
                await measure();
            }
        }
    }
}

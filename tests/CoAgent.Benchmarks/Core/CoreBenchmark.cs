using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Core;

/// <summary>
/// The protocol alone: what its steps cost where nothing conflicts, with little and with much in the workspace, what
/// late work costs, and what stays in memory.
/// </summary>
internal static class CoreBenchmark
{
    public const int Seed = 20_263;

    public static readonly WorldSize Small = new("small", Transactions: 10, Objects: 1_000, InFlight: 5);
    public static readonly WorldSize Large = new("large", Transactions: 1_000, Objects: 1_000_000, InFlight: 500);

    /// <summary>As many transactions as in the large one, and nothing that they touched.</summary>
    public static readonly WorldSize Bare = new("bare", Transactions: 1_000, Objects: 0, InFlight: 0);

    private static readonly TextWriter Progress = Console.Error;

    public static int Run(CoreOptions options)
    {
        try
        {
            var results = new CoreResults();
            Measure(options, results);
            new CoreReport(results, options.Pace).Write(Console.Out);
            if (options.Json is { } path)
            {
                CoreJson.Write(path, results, options.Pace);
            }

            return 0;
        }
        catch (NotMeasuredException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }

    private static void Measure(CoreOptions options, CoreResults results)
    {
        if (options.Wants("memory"))
        {
            Progress.WriteLine("memory: folding");
            results.Folded = FoldedMemory.Measure(options.Pace.FoldedCalls / 10, options.Pace.FoldedCalls);
        }

        if (!options.Wants("steps") && !options.Wants("late"))
        {
            return;
        }

        Progress.WriteLine("building the worlds");
        CoreWorld[] worlds = [Build(Small, results), Build(Large, results), Build(Bare, results)];
        if (options.Wants("steps"))
        {
            MeasureSteps([.. worlds.Take(2).Select(world => new StepLoad(world))], options.Pace, results);
        }

        if (options.Wants("late"))
        {
            MeasureLate([.. worlds.Skip(1).Select(world => new LateLoad(world))], options.Pace, results);
        }

        if (options.Wants("steps"))
        {
            MeasureArrivals([.. worlds.Take(2).Select(world => new StepLoad(world))], options.Pace, results);
        }
    }

    private static CoreWorld Build(WorldSize size, CoreResults results)
    {
        var before = FoldedMemory.LiveBytes();
        var world = new CoreWorld(size);
        if (size == Large)
        {
            results.BytesPerOpenCall = (double)(FoldedMemory.LiveBytes() - before) / size.Objects;
        }

        return world;
    }

    private static void MeasureSteps(StepLoad[] loads, CorePace pace, CoreResults results)
    {
        foreach (var load in loads)
        {
            load.Run(pace.Batches);
            results.Steps[load.Size.Name] = [];
        }

        InTurns(loads, pace, load => results.Steps[load.Size.Name].Add(load.Run(pace.Batches)));
    }

    private static void MeasureArrivals(StepLoad[] loads, CorePace pace, CoreResults results)
    {
        Array.ForEach(loads, load => load.RunArrivals(pace.Batches));
        InTurns(loads, pace, load => results.Steps[load.Size.Name].Add(load.RunArrivals(5 * pace.Batches)));
    }

    private static void MeasureLate(LateLoad[] loads, CorePace pace, CoreResults results)
    {
        Array.ForEach(loads, load => load.RunAll());
        InTurns(loads, pace, load => results.LateRounds.AddRange(load.RunAll()));
    }

    private static void InTurns<TLoad>(TLoad[] loads, CorePace pace, Action<TLoad> run)
    {
        var order = new Random(Seed);
        for (var round = 1; round <= pace.Rounds; round++)
        {
            Progress.WriteLine($"{typeof(TLoad).Name}: round {round} of {pace.Rounds}");
            order.Shuffle(loads);
            Array.ForEach(loads, run);
        }
    }
}

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

    private const string Memory = "memory";
    private const string Steps = "steps";
    private const string Late = "late";

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
        if (!new[] { Memory, Steps, Late }.Any(options.Wants))
        {
            throw new NotMeasuredException($"--only names no part. There are: {Steps}, {Late}, {Memory}");
        }

        if (options.Wants(Memory))
        {
            Progress.WriteLine("memory: folding");
            results.Folded = FoldedMemory.Measure(options.Pace.FoldedCalls / 10, options.Pace.FoldedCalls);
        }

        if (options.Wants(Steps) || options.Wants(Late))
        {
            MeasureWorlds(options, results);
        }
    }

    private static void MeasureWorlds(CoreOptions options, CoreResults results)
    {
        Progress.WriteLine("building the worlds");
        CoreWorld[] worlds = [Build(Small, results), Build(Large, results), Build(Bare, results)];
        if (options.Wants(Steps))
        {
            MeasureSteps([.. worlds.Take(2).Select(world => new StepLoad(world))], options.Pace, results);
        }

        if (options.Wants(Late))
        {
            MeasureLate([.. worlds.Skip(1).Select(world => new LateLoad(world))], options.Pace, results);
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
        ArrivalLoad[] arrivals = [.. loads.Select(load => new ArrivalLoad(load.Size))];
        Array.ForEach(arrivals, load => load.Run(5 * pace.Batches));
        InTurns(arrivals, pace, load => results.Steps[load.Size.Name].Add(load.Run(5 * pace.Batches)));
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

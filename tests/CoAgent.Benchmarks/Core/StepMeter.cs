using System.Collections.Immutable;
using System.Diagnostics;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Protocol;

namespace CoAgent.Benchmarks.Core;

/// <summary>What steps of one kind cost in one round.</summary>
/// <param name="Median">Nanoseconds.</param>
/// <param name="P99">Nanoseconds.</param>
/// <param name="Bytes">Allocated bytes a step.</param>
internal sealed record StepCost(double Median, double P99, double Bytes);

/// <summary>What one round came to.</summary>
/// <param name="Costs">By kind of step.</param>
/// <param name="StepCount">How many steps there were.</param>
/// <param name="CollectionCount">Garbage collections: those meanwhile, and one that takes what was left.</param>
/// <param name="Pause">How long those stopped everything, in nanoseconds; none of it is in the medians.</param>
internal sealed record StepRound(
    IReadOnlyDictionary<StepKind, StepCost> Costs, int StepCount, int CollectionCount, double Pause);

/// <summary>Takes steps one by one and keeps the time and the allocation of each kind.</summary>
internal sealed class StepMeter(WorkspaceState state)
{
    private readonly Dictionary<StepKind, Samples> samples =
        StepKinds.All.ToDictionary(kind => kind, _ => new Samples());

    private int collectionsBefore;
    private TimeSpan pauseBefore;

    /// <summary>Begins a round. Whoever ran before has left nothing to collect.</summary>
    public void Begin()
    {
        GC.Collect(generation: 0);
        foreach (var kept in samples.Values)
        {
            kept.Clear();
        }

        collectionsBefore = GC.CollectionCount(0);
        pauseBefore = GC.GetTotalPauseDuration();
    }

    public ImmutableArray<Effect> Step(StepKind kind, Input input)
    {
        var kept = samples[kind];
        var bytesBefore = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        var effects = StateMachine.Step(state, input);
        var elapsed = Stopwatch.GetTimestamp() - start;
        kept.Bytes += GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
        kept.Nanoseconds.Add(elapsed * 1e9 / Stopwatch.Frequency);
        return effects;
    }

    /// <summary>What the steps since the beginning of the round came to.</summary>
    public StepRound End()
    {
        GC.Collect(generation: 0);
        var collections = GC.CollectionCount(0) - collectionsBefore;
        var pause = GC.GetTotalPauseDuration() - pauseBefore;
        var costs = samples
            .Where(pair => pair.Value.Nanoseconds.Count > 0)
            .ToDictionary(pair => pair.Key, pair => pair.Value.Cost());
        var steps = samples.Values.Sum(kept => kept.Nanoseconds.Count);
        return new StepRound(costs, steps, collections, pause.TotalNanoseconds);
    }

    private sealed class Samples
    {
        public List<double> Nanoseconds { get; } = [];

        public long Bytes { get; set; }

        public StepCost Cost()
        {
            Nanoseconds.Sort();
            return new StepCost(
                Statistics.Quantile(Nanoseconds, 0.5),
                Statistics.Quantile(Nanoseconds, 0.99),
                (double)Bytes / Nanoseconds.Count);
        }

        public void Clear()
        {
            Nanoseconds.Clear();
            Bytes = 0;
        }
    }
}

using System.Collections.Immutable;
using System.Numerics;
using CoAgent.Proving.Runs;

namespace CoAgent.Proving.Exploring;

/// <summary>Explores whole program sets.</summary>
internal static class Proof
{
    /// <summary>Explores every scenario of a set.</summary>
    /// <param name="set">The scenarios.</param>
    /// <param name="options">What is tried.</param>
    /// <param name="threadCount">On how many threads.</param>
    /// <param name="violationsMax">After how many violations it stops.</param>
    public static ProofResult Explore(ProgramSet set, ProofOptions options, int threadCount, int violationsMax = int.MaxValue)
    {
        var explored = new ExploredScenario?[set.Scenarios.Length];
        var found = 0;
        Parallel.For(0, explored.Length, new ParallelOptions { MaxDegreeOfParallelism = threadCount }, (i, loop) =>
        {
            explored[i] = Explorer.Explore(set.Scenarios[i], options);
            if (explored[i]!.Violation is not null && Interlocked.Increment(ref found) >= violationsMax)
            {
                loop.Stop();
            }
        });
        return new ProofResult(set, [.. explored.OfType<ExploredScenario>()]);
    }
}

/// <summary>What came of exploring a set.</summary>
/// <param name="Set">The set.</param>
/// <param name="Scenarios">Its scenarios that were explored.</param>
internal sealed record ProofResult(ProgramSet Set, ImmutableArray<ExploredScenario> Scenarios)
{
    /// <summary>What is wrong, scenario by scenario.</summary>
    public ImmutableArray<Violation> Violations { get; } =
        [.. Scenarios.Select(explored => explored.Violation).OfType<Violation>()];

    /// <summary>Whether every run of every scenario is as it must be.</summary>
    public bool Holds => Violations.IsEmpty;

    /// <summary>How many runs were covered.</summary>
    public BigInteger ScheduleCount { get; } =
        Scenarios.Aggregate(BigInteger.Zero, (sum, explored) => sum + explored.ScheduleCount);

    /// <summary>How many different moments there were in them.</summary>
    public long StateCount { get; } = Scenarios.Sum(explored => explored.StateCount);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Set.Name}: {Scenarios.Length} scenarios, {ScheduleCount:N0} schedules through {StateCount:N0} states, {Violations.Length} wrong";
}

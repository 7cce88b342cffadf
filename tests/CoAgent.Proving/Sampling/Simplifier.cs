using CoAgent.Proving.Agents;
using CoAgent.Proving.Runs;

namespace CoAgent.Proving.Sampling;

/// <summary>Looks for the simplest scenario that fails as a given one does.</summary>
internal static class Simplifier
{
    private const int SchedulesPerCandidate = 300;

    /// <summary>A violation of the same promise in a scenario that no single simplification leaves failing.</summary>
    public static Violation Simplify(Violation found, ProofOptions options)
    {
        while (Simpler(found, options) is { } simpler)
        {
            found = simpler;
        }

        return Shortest(found, options);
    }

    private static Violation? Simpler(Violation found, ProofOptions options) => ScenarioShrinker.Shrink(found.Scenario)
        .Select(plainer => Fail(plainer, found.Promise, options))
        .FirstOrDefault(static violation => violation is not null);

    private static Violation? Fail(Scenario scenario, string promise, ProofOptions options) =>
        Enumerable.Range(0, SchedulesPerCandidate)
            .Select(seed => SampledRun.Take(scenario, seed, options).Violation)
            .FirstOrDefault(violation => violation?.Promise == promise);

    private static Violation Shortest(Violation found, ProofOptions options) =>
        Enumerable.Range(0, SchedulesPerCandidate)
            .Select(seed => SampledRun.Take(found.Scenario, seed, options).Violation)
            .Where(violation => violation?.Promise == found.Promise)
            .Append(found)
            .MinBy(violation => violation!.Schedule.Count)!;
}

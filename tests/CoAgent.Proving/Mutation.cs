using CoAgent.Protocol;
using CoAgent.Proving.Exploring;
using CoAgent.Proving.Runs;
using CoAgent.Proving.Sampling;

namespace CoAgent.Proving;

/// <summary>Switches a rule off and looks whether anything is noticed: what nobody notices, nobody tests.</summary>
internal static class Mutation
{
    /// <summary>What is found without a rule: in some random runs, in every run of small programs, in more random runs.</summary>
    /// <param name="rule">The rule that is switched off.</param>
    /// <param name="nth">Which part of the program sets is explored: every nth scenario.</param>
    /// <param name="runCount">How many random runs there are at most.</param>
    /// <returns>What was noticed; null when nothing was.</returns>
    public static Violation? Notice(Rule rule, int nth, long runCount)
    {
        var options = new ProofOptions { Protocol = new ProtocolOptions { Rules = RuleSet.All.Without(rule) }, ChoicesMax = 1_000 };
        return Sampled(options, runCount / 4) ?? Explored(options, nth) ?? Sampled(options, runCount);
    }

    private static Violation? Explored(ProofOptions options, int nth) => ProgramSet.All
        .Select(set => Proof.Explore(set.Every(nth), options, Environment.ProcessorCount, violationsMax: 1))
        .FirstOrDefault(result => !result.Holds)?.Violations[0];

    private static Violation? Sampled(ProofOptions options, long runCount)
    {
        var campaign = new Campaign(new ScenarioSource(2, 4), Seed: 1, options);
        for (var number = 0L; number < runCount; number++)
        {
            if (campaign.TakeOne(number).Violation is { } violation)
            {
                return violation;
            }
        }

        return null;
    }
}

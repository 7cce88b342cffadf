using System.Text;
using Xunit.Sdk;

namespace CoAgent.Protocol.Tests.Rules;

/// <summary>Each rule of protocol.md: its scenarios hold with all rules, and break when it is off.</summary>
public sealed class RuleTests
{
    private static readonly RuleScenario[] Scenarios =
        [.. WritingScenarios.All, .. ReadingScenarios.All, .. EndingScenarios.All];

    public static TheoryData<string> Claims => [.. Scenarios.Select(scenario => scenario.Claim)];

    [Theory]
    [MemberData(nameof(Claims))]
    public void Holds(string claim) => Scenarios.Single(scenario => scenario.Claim == claim).Play(RuleSet.All);

    /// <summary>A suite that cannot see a rule does not test it: with any one rule off, a scenario that is there for it breaks.</summary>
    [Fact]
    public void Each_rule_is_seen_when_it_is_off()
    {
        var table = new StringBuilder("Rule mutation: which scenarios break when a rule is off (* is there for it)\n");
        var unseen = new List<Rule>();
        foreach (var rule in Enum.GetValues<Rule>())
        {
            var seen = Scenarios.Where(scenario => Breaks(scenario, RuleSet.All.Without(rule))).ToArray();
            table.AppendLine($"  {rule} ({seen.Length})");
            foreach (var scenario in seen)
            {
                table.AppendLine($"    {(scenario.Rules.Contains(rule) ? '*' : ' ')} {scenario.Claim}");
            }

            if (!seen.Any(scenario => scenario.Rules.Contains(rule)))
            {
                unseen.Add(rule);
            }
        }

        Report.Write("rules", table.ToString());
        Assert.Empty(unseen);
    }

    [Fact]
    public void Every_rule_that_a_scenario_is_there_for_is_seen_by_it()
    {
        foreach (var scenario in Scenarios)
        {
            Assert.All(scenario.Rules, rule => Assert.True(Breaks(scenario, RuleSet.All.Without(rule)), $"{scenario} does not see {rule}"));
        }
    }

    private static bool Breaks(RuleScenario scenario, RuleSet rules)
    {
        try
        {
            scenario.Play(rules);
            return false;
        }
        catch (Exception broken) when (broken is XunitException or InvariantException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            return true;
        }
    }
}

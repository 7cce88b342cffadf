using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Termination;

/// <summary>With agents that repair themselves every run ends, and what it takes stays within the bounds.</summary>
public sealed class TerminationTests
{
    private static readonly int[] Counts = [2, 4, 8, 16, 32, 64];

    private static readonly Lazy<(Measure? Measure, string? Failure)[]> Results = new(
        () => [.. Workloads.All.SelectMany(workload => Counts.Select(count => Try(workload, count, RuleSet.All)))]);

    /// <summary>For each workload a rule without which it does not end as it must, or not within its bounds.</summary>
    public static TheoryData<string, string, string> Mutations => new()
    {
        { "chain", nameof(Rule.Rewind), "must be" },
        { "pipeline", nameof(Rule.LatestWins), "must be" },
        { "fan-out", nameof(Rule.SameValueIsSilent), "does not concern it" },
        { "fan-out", nameof(Rule.Recheck), "must be" },
        { "ring", nameof(Rule.OrderFilteredReads), "must be" },
    };

    [Fact]
    public void Every_run_ends_serially_within_the_bounds() =>
        Assert.Empty(Results.Value.Where(result => result.Failure is not null).Select(result => result.Failure));

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_workload_goes_beyond_without_its_rule(string workload, string rule, string failure)
    {
        var without = RuleSet.All.Without(Enum.Parse<Rule>(rule));
        var result = Try(Workloads.All.Single(one => one.Name == workload), count: 8, without);
        Assert.Contains(failure, result.Failure, StringComparison.Ordinal);
    }

    /// <summary>The bounds are reached, so one less is too little: an excess of one would be seen.</summary>
    [Fact]
    public void A_bound_that_is_one_too_small_is_seen()
    {
        foreach (var workload in Workloads.All)
        {
            var most = workload.BoundsOf(8);
            Bounds[] smaller =
            [
                most with { Notices = most.Notices - 1 }, most with { Undos = most.Undos - 1 },
                most with { Replays = most.Replays - 1 }, most with { Reissued = most.Reissued - 1 },
            ];
            foreach (var result in smaller.Select(bounds => workload with { BoundsOf = _ => bounds }))
            {
                Assert.Contains("is beyond", Try(result, count: 8, RuleSet.All).Failure, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void What_it_took_is_printed() =>
        Report.Write("termination", Measuring.Table(Results.Value.Select(result => result.Measure).OfType<Measure>()));

    private static (Measure? Measure, string? Failure) Try(Workload workload, int count, RuleSet rules)
    {
        try
        {
            return (Measuring.Take(workload, count, rules), null);
        }
        catch (PlayException failure)
        {
            return (null, failure.Message);
        }
    }
}

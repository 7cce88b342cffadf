using System.Text;
using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Termination;

/// <summary>Runs a workload in the worst order and in random ones, and holds it to its bounds.</summary>
internal static class Measuring
{
    private const int SeedCount = 20;

    /// <exception cref="PlayException">A run does not end, ends not serially, or goes beyond a bound.</exception>
    public static Measure Take(Workload workload, int count, RuleSet rules)
    {
        var play = workload.PlayOf(count);
        var options = new ProtocolOptions { Rules = rules };
        var serial = Uncoordinated.RunSerially(play);
        var most = workload.BoundsOf(count);
        var highestFirst = Schedules.InOrder(new Run(play, options), Enumerable.Range(0, count).Reverse());
        var worst = Check(workload, play, serial, highestFirst, "highest rank first");
        PlayException.Require(worst == most, $"{workload}, {count}: the bound {most} is not reached: {worst}");
        var random = Enumerable.Range(1, SeedCount)
            .Select(seed => Check(workload, play, serial, Schedules.AtRandom(play, options, seed), $"seed {seed}"))
            .ToArray();
        var sum = random.Aggregate((sum, one) => sum + one);
        return new Measure(workload.Name, count, most, worst, sum, random.Aggregate(Bounds.Max), SeedCount);
    }

    public static string Table(IEnumerable<Measure> measures)
    {
        var table = new StringBuilder("Termination: notices, undos, replays and calls made again, by N agents\n")
            .AppendLine($"(bound; highest rank first; mean and most of {SeedCount} random orders)")
            .AppendLine("(in fan-out who was told is who had read what was repaired later: precision 1.0, recall 1.0)");
        foreach (var measure in measures)
        {
            table.AppendLine(measure.ToString());
        }

        return table.ToString();
    }

    private static Bounds Check(Workload workload, Play play, PlayEnd serial, Run run, string order)
    {
        var count = play.Scripts.Length;
        var serialCalls = serial.Answers.Sum(answers => answers.Length);
        var taken = new Bounds(
            run.Agents.Sum(agent => agent.Counts.NoticeCount),
            run.Counts.UndoCount,
            run.Counts.ReplayCount,
            run.Agents.Sum(agent => agent.Counts.CallCount - agent.Counts.GatedCount) - serialCalls);
        Require(run.End.DifferenceFrom(serial));
        Require(workload.FailureOf(run, play));
        Require(taken.IsWithin(workload.BoundsOf(count)) ? null : $"{taken} is beyond {workload.BoundsOf(count)}");
        return taken;

        void Require(string? failure) =>
            PlayException.Require(failure is null, $"{workload}, {count} agents, {order}: {failure}");
    }
}

/// <summary>What a workload took.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Count">How many agents.</param>
/// <param name="Most">The bound.</param>
/// <param name="Worst">With the highest rank first.</param>
/// <param name="RandomSum">In all random orders together.</param>
/// <param name="RandomMost">The most in a random order.</param>
/// <param name="RandomCount">How many random orders.</param>
internal sealed record Measure(
    string Workload, int Count, Bounds Most, Bounds Worst, Bounds RandomSum, Bounds RandomMost, int RandomCount)
{
    public override string ToString() =>
        $"  {Workload,-9}{Count,3}  notices {Of(bounds => bounds.Notices)}  undos {Of(bounds => bounds.Undos)}"
        + $"  replays {Of(bounds => bounds.Replays)}  again {Of(bounds => bounds.Reissued)}";

    private string Of(Func<Bounds, int> part) =>
        $"{part(Most),4}; {part(Worst),4}; {(double)part(RandomSum) / RandomCount,6:F1}, {part(RandomMost),4}";
}

using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Termination;

/// <summary>The workloads, each with its bounds and why they hold.</summary>
internal static class Workloads
{
    /// <summary>
    /// N agents append to one object. Nobody reads, so nobody is told and nobody repairs. Each append is put in once;
    /// it unwinds, and replays, at most the appends of higher ranks that are in place: N - i of them for rank i.
    /// </summary>
    public static Workload Chain { get; } = new(
        "chain",
        count => Play.Of("log=", Agents(count, i => Script(_ => [Moves.Append("log", $"{i};")]))),
        count => new Bounds(Notices: 0, Undos: Pairs(count), Replays: Pairs(count), Reissued: 0));

    /// <summary>
    /// Agent i sets x_i := x_(i-1) + 1. Let c_i be how often x_i changes. Rank 1 reads x_0, which is constant: c_1 = 1.
    /// Agent i is told only after a change of x_(i-1), once a change at most: n_i ≤ c_(i-1). It writes once by itself,
    /// and once more for each time it is told: c_i ≤ 1 + n_i. So c_i ≤ i and n_i ≤ i - 1: in sum N(N-1)/2 notices,
    /// and as many calls again. A repair is a blind write over the agent's own, and nobody else writes x_i: nothing is
    /// unwound.
    /// </summary>
    public static Workload Pipeline { get; } = new(
        "pipeline",
        count => Play.Of(
            Initial(Enumerable.Range(0, count + 1), "x", "0"),
            Agents(count, i => Script(heard => Increment(heard, i)))),
        count => new Bounds(Notices: Pairs(count), Undos: 0, Replays: 0, Reissued: Pairs(count)))
    {
        FailureOf = PipelineFailure,
    };

    /// <summary>
    /// Rank 1 writes all N - 1 services: the first half gets another image, the others the one they have. Every other
    /// agent makes a canary of one service. Who read a service before it was repaired is told once, and makes its
    /// canary again if it had made it; nobody else is told.
    /// </summary>
    public static Workload FanOut { get; } = new(
        "fan-out",
        count => Play.Of(
            Initial(Enumerable.Range(2, count - 1), "svc/", "bad"),
            Agents(count, i => Script(i == 1 ? _ => Repair(count) : heard => MakeCanary(heard, i)))),
        count => new Bounds(Notices: count / 2, Undos: 0, Replays: 0, Reissued: count / 2))
    {
        FailureOf = FanOutFailure,
    };

    /// <summary>
    /// A ring: agent i sets x_i := x_(i+1) / 2, and the last one reads x_1. Two agents are the livelock of two eager
    /// repairers. Everybody but the last reads what a higher rank writes, so only the last can be told, and only of the
    /// one write of rank 1.
    /// </summary>
    public static Workload Ring { get; } = new(
        "ring",
        count => Play.Of(
            Initial(Enumerable.Range(1, count), "x", "8"),
            Agents(count, i => Script(heard => Halve(heard, i, (i % count) + 1)))),
        _ => new Bounds(Notices: 1, Undos: 0, Replays: 0, Reissued: 1))
    {
        FailureOf = (run, _) => run.Agents[..^1].All(agent => agent.Counts is { WriteCount: 1, NoticeCount: 0 })
            ? null
            : "an agent that reads only what higher ranks write has repaired",
    };

    public static IEnumerable<Workload> All { get; } = [Chain, Pipeline, FanOut, Ring];

    private static int Pairs(int count) => count * (count - 1) / 2;

    private static AgentScript[] Agents(int count, Func<int, AgentScript> scriptOf) =>
        [.. Enumerable.Range(1, count).Select(scriptOf)];

    private static AgentScript Script(AgentScript script) => script;

    private static string Initial(IEnumerable<int> numbers, string prefix, string value) =>
        string.Join(' ', numbers.Select(number => $"{prefix}{number}={value}"));

    private static IEnumerable<Move> Increment(Heard heard, int i)
    {
        yield return Moves.Read($"x{i - 1}");
        yield return Moves.Set($"x{i}", heard.Number + 1);
    }

    private static IEnumerable<Move> Halve(Heard heard, int i, int next)
    {
        yield return Moves.Read($"x{next}");
        yield return Moves.Set($"x{i}", heard.Number / 2);
    }

    private static IEnumerable<Move> MakeCanary(Heard heard, int i)
    {
        yield return Moves.Read($"svc/{i}");
        yield return Moves.Create($"canary/{i}", heard.Last);
    }

    private static IEnumerable<Move> Repair(int count) =>
        Enumerable.Range(2, count - 1).Select(i => Moves.Set($"svc/{i}", IsRepaired(i, count) ? "good" : "bad"));

    /// <summary>Whether a service is among the first half of the N - 1, rounded up.</summary>
    private static bool IsRepaired(int i, int count) => i - 2 < count / 2;

    /// <summary>Each agent is told at most once a change of what the one before it writes.</summary>
    private static string? PipelineFailure(Run run, Play play)
    {
        foreach (var (before, agent) in run.Agents.Zip(run.Agents.Skip(1)))
        {
            var changes = before.Counts.WriteCount - before.Counts.GatedCount;
            if (agent.Counts.NoticeCount > changes)
            {
                return $"rank {agent.Index + 1} is told {agent.Counts.NoticeCount} times of {changes} changes";
            }
        }

        return null;
    }

    /// <summary>
    /// Precision and recall of notices are 1: who was told is exactly who had read what was repaired afterwards.
    /// </summary>
    private static string? FanOutFailure(Run run, Play play)
    {
        foreach (var agent in run.Agents.Skip(1))
        {
            var isConcerned = IsRepaired(agent.Index + 1, play.Scripts.Length) && agent.FirstAnswer == "bad";
            if (agent.Counts.NoticeCount != (isConcerned ? 1 : 0))
            {
                var concern = isConcerned ? "concerns it" : "does not concern it";
                return $"rank {agent.Index + 1} is told {agent.Counts.NoticeCount} times what {concern}";
            }
        }

        return null;
    }
}

using System.Diagnostics;
using System.Globalization;
using CoAgent.Protocol;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Exploring;
using CoAgent.Proving.Runs;
using CoAgent.Proving.Sampling;

namespace CoAgent.Proving;

/// <summary>Long campaigns of random runs, and the repetition of one run.</summary>
internal static class ProvingCommand
{
    private const string Usage = """
        coagent-proving [--runs N] [--seed N] [--agents MIN-MAX] [--threads N]   random runs against the serial oracle
        coagent-proving --seed N --run K [--agents MIN-MAX]                      the run of that number, told in full
        coagent-proving --exhaustive N                                           every run of every Nth scenario of the program sets
        coagent-proving --without-rules N                                        switches off each rule in turn: what notices?
        coagent-proving --explore "SCENARIO"                                     every run of a scenario
        coagent-proving --spec "SCENARIO @ CHOICES"                              a run from its line, told in full
        """;

    public static int Run(string[] args)
    {
        if (args.Length % 2 != 0)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        if (args is ["--exhaustive", var nth])
        {
            return Exhaust(int.Parse(nth, CultureInfo.InvariantCulture));
        }

        if (args is ["--without-rules", var runCount])
        {
            return Mutate(long.Parse(runCount, CultureInfo.InvariantCulture));
        }

        var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        if (options.TryGetValue("--spec", out var spec))
        {
            return Tell(Repetition.Take(spec, new ProofOptions(), Console.Out));
        }

        if (options.TryGetValue("--explore", out var scenario))
        {
            var watch = Stopwatch.StartNew();
            var explored = Explorer.Explore(ScenarioText.Read(scenario), new ProofOptions());
            Console.WriteLine(
                $"{explored.ScheduleCount} schedules, {explored.StateCount} states, {explored.ChoiceCount} choices, "
                + $"{watch.ElapsedMilliseconds} ms");
            return Tell(explored.Violation);
        }

        var seed = int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
        var agents = options.GetValueOrDefault("--agents", "2-8").Split('-')
            .Select(count => int.Parse(count, CultureInfo.InvariantCulture)).ToArray();
        var campaign = new Campaign(new ScenarioSource(agents[0], agents[^1]), seed, new ProofOptions());
        if (options.TryGetValue("--run", out var number))
        {
            var (violation, _) = campaign.TakeOne(long.Parse(number, CultureInfo.InvariantCulture));
            return violation is null ? Tell(null) : Tell(Repetition.Take(violation.Spec, campaign.Options, Console.Out));
        }

        var runs = long.Parse(options.GetValueOrDefault("--runs", "20000"), CultureInfo.InvariantCulture);
        var threads = int.Parse(options.GetValueOrDefault("--threads", $"{Environment.ProcessorCount}"), CultureInfo.InvariantCulture);
        return Take(campaign, runs, threads);
    }

    private static int Mutate(long runCount)
    {
        var unnoticed = 0;
        foreach (var rule in Enum.GetValues<Rule>())
        {
            var watch = Stopwatch.StartNew();
            var violation = Mutation.Notice(rule, nth: 6, runCount);
            unnoticed += violation is null ? 1 : 0;
            var noticed = violation?.Promise ?? "NOT NOTICED";
            Console.WriteLine($"{rule,-24} {noticed,-12} {watch.Elapsed.TotalSeconds,5:F1} s  {violation?.Scenario}");
        }

        return unnoticed == 0 ? 0 : 1;
    }

    private static int Exhaust(int nth)
    {
        var isGood = true;
        foreach (var set in ProgramSet.All)
        {
            var watch = Stopwatch.StartNew();
            var result = Proof.Explore(set.Every(nth), new ProofOptions(), Environment.ProcessorCount);
            Console.WriteLine($"{result}, {watch.Elapsed.TotalSeconds:F1} s");
            foreach (var violation in result.Violations.DistinctBy(violation => violation.What.Length))
            {
                Console.WriteLine(violation);
            }

            isGood &= result.Holds;
        }

        return isGood ? 0 : 1;
    }

    private static int Take(Campaign campaign, long runs, int threads)
    {
        var watch = Stopwatch.StartNew();
        var result = campaign.Take(runs, threads, done => Report(done, runs, watch));
        foreach (var (number, violation) in result.Violations)
        {
            Console.WriteLine($"run {number}: {violation}");
        }

        foreach (var first in result.Violations.DistinctBy(one => one.Violation.Promise))
        {
            Console.WriteLine($"simplest: {Simplifier.Simplify(first.Violation, campaign.Options)}");
        }

        Console.WriteLine(
            $"seed {campaign.Seed}, {campaign.Source.AgentsMin}-{campaign.Source.AgentsMax} agents: "
            + $"{result.RunCount} runs, {result.FailedCount} failed, {result.ChoiceCount} choices, {watch.Elapsed.TotalSeconds:F0} s");
        return result.FailedCount == 0 ? 0 : 1;
    }

    private static void Report(long done, long runs, Stopwatch watch)
    {
        if (done % 10_000 == 0)
        {
            Console.Error.WriteLine($"{done} of {runs} runs, {watch.Elapsed.TotalSeconds:F0} s");
        }
    }

    private static int Tell(Violation? violation)
    {
        Console.WriteLine(violation is null ? "nothing is wrong" : $"violation: {violation}");
        return violation is null ? 0 : 1;
    }
}

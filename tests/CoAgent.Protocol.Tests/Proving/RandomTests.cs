using System.Globalization;
using System.Security.Cryptography;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Runs;
using CoAgent.Proving.Sampling;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace CoAgent.Protocol.Tests.Proving;

/// <summary>Random programs in random orders against the serial run; what fails is shrunk.</summary>
public sealed class RandomTests(ITestOutputHelper output)
{
    private const int RunCount = 20_000;
    private const string SeedVariable = "COAGENT_PROVING_SEED";

    [Fact]
    public void Random_programs_end_as_the_serial_run()
    {
        var seed = Seed();
        var told = $"random programs: {RunCount} runs, seed {seed} (set {SeedVariable} to repeat them)";
        output.WriteLine(told);
        Console.WriteLine(told);
        var cases = Arb.From(Gen.Choose(0, int.MaxValue - 1).Select(Case.Of), static one => one.Shrink());
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(RunCount)
            .WithReplay(seed, 1)
            .WithParallelRunConfig(new ParallelRunConfig(Environment.ProcessorCount));
        Check.One(config, Prop.ForAll(cases, static one => Assert.Null(one.Fail())));
    }

    /// <summary>The seed that is asked for, or a new one: CI tries other runs each time, and prints which.</summary>
    private static ulong Seed() =>
        Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given
            ? ulong.Parse(given, CultureInfo.InvariantCulture)
            : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>A scenario and the orders in which it is run.</summary>
    /// <param name="Scenario">The scenario.</param>
    /// <param name="Schedule">The seed of the first order.</param>
    /// <param name="ScheduleCount">How many orders: one, or many when it is asked whether a simpler scenario fails too.</param>
    private sealed record Case(Scenario Scenario, int Schedule, int ScheduleCount)
    {
        private const int SchedulesOfSimpler = 200;

        public static Case Of(int seed)
        {
            var random = new System.Random(seed);
            return new Case(new ScenarioSource().Make(random), random.Next(), ScheduleCount: 1);
        }

        public Violation? Fail() => Enumerable.Range(Schedule, ScheduleCount)
            .Select(schedule => SampledRun.Take(Scenario, schedule, new ProofOptions()).Violation)
            .FirstOrDefault(violation => violation is not null);

        public IEnumerable<Case> Shrink() =>
            ScenarioShrinker.Shrink(Scenario).Select(simpler => new Case(simpler, Schedule: 0, SchedulesOfSimpler));
    }
}

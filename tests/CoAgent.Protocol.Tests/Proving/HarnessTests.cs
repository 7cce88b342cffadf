using System.Numerics;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Exploring;
using CoAgent.Proving.Runs;
using CoAgent.Proving.Sampling;
using CoAgent.Proving.Serial;
using CoAgent.Proving.Worlds;

namespace CoAgent.Protocol.Tests.Proving;

/// <summary>The harness can fail, says how to repeat it, and covers what it says.</summary>
public sealed class HarnessTests
{
    private const string Late = "append d/a v | append d/a k; read d/a";

    [Theory]
    [InlineData(WorldDefect.InverseRestoresNothing, Late)]
    [InlineData(WorldDefect.ReadsShowLaterCalls, "read d/a | set d/a k")]
    public void A_world_that_does_not_do_what_it_says_is_found_out(object defect, string scenario)
    {
        var explored = Explorer.Explore(ScenarioText.Read(scenario), new ProofOptions { Defect = (WorldDefect)defect });
        Assert.NotNull(explored.Violation);
        Assert.Null(Explorer.Explore(ScenarioText.Read(scenario), new ProofOptions()).Violation);
    }

    [Theory]
    [InlineData(WorldDefect.InverseRestoresNothing)]
    [InlineData(WorldDefect.ReadsShowLaterCalls)]
    public void Random_runs_find_it_out_too(object defect)
    {
        var options = new ProofOptions { Defect = (WorldDefect)defect };
        var found = new Campaign(new ScenarioSource(2, 3), Seed: 1, options).Take(runCount: 300, threadCount: 1);
        Assert.NotEqual(0, found.FailedCount);
        var simplest = Simplifier.Simplify(found.Violations[0].Violation, options);
        Assert.True(simplest.Scenario.Programs.Sum(program => program.Steps.Length) <= 3, simplest.Spec);
    }

    [Fact]
    public void A_violation_is_repeated_from_its_line()
    {
        var options = new ProofOptions { Defect = WorldDefect.InverseRestoresNothing };
        var violation = Explorer.Explore(ScenarioText.Read(Late), options).Violation!;
        var again = Repetition.Take(violation.Spec, options, TextWriter.Null);
        Assert.Equal((violation.Promise, violation.What), (again?.Promise, again?.What));
    }

    [Theory]
    [InlineData("read d/a | set d/a k")]
    [InlineData("append d/a v | append d/a k")]
    [InlineData("set d/y v | list d")]
    [InlineData("move d/x d/y | read d/x")]
    [InlineData("faults=1 | set d/a v | read d/a")]
    [InlineData("gate=Acknowledge | set d/a v | absorb: read d/a")]
    public void Going_through_a_moment_once_loses_no_schedule(string scenario)
    {
        var read = ScenarioText.Read(scenario);
        var explored = Explorer.Explore(read, new ProofOptions());
        Assert.Null(explored.Violation);
        Assert.Equal(CountOneByOne(read, []), explored.ScheduleCount);
    }

    [Fact]
    public void A_scenario_is_read_as_it_was_written()
    {
        var random = new System.Random(1);
        for (var i = 0; i < 500; i++)
        {
            var scenario = new ScenarioSource().Make(random);
            Assert.Equal($"{scenario}", $"{ScenarioText.Read($"{scenario}")}");
        }
    }

    [Fact]
    public void Simpler_scenarios_come_to_an_end_and_can_be_run()
    {
        var scenario = new ScenarioSource().Make(new System.Random(7));
        for (var step = 0; ScenarioShrinker.Shrink(scenario).FirstOrDefault() is { } simpler; step++)
        {
            Assert.True(step < 1000, $"{simpler}");
            Assert.Null(SampledRun.Take(simpler, seed: step, new ProofOptions()).Violation);
            scenario = simpler;
        }
    }

    [Fact]
    public void The_serial_run_is_one_program_after_the_other()
    {
        const string Scenario = "read d/a; set d/b v$0; undo 1; append d/a k | copy d/a d/b; list d | set d/x u; abort";
        var end = SerialOracle.Run(ScenarioText.Read(Scenario));
        Assert.Equal(new string?[] { "a0k", "a0k", "x0", null, "z0", null, "" }, end.Contents.AsEnumerable());
        Assert.Equal(new string?[] { "a0", null, null, "ok" }, end.Answers[0].AsEnumerable());
        Assert.Equal(new string?[] { "ok", "a,b,x" }, end.Answers[1].AsEnumerable());
    }

    private static BigInteger CountOneByOne(Scenario scenario, List<Choice> taken)
    {
        var run = new Run(scenario, new ProofOptions());
        taken.ForEach(choice => run.Take(choice, isChecked: false));
        if (run.IsOver)
        {
            return BigInteger.One;
        }

        return run.Choices().Aggregate(
            BigInteger.Zero, (sum, choice) => sum + CountOneByOne(scenario, [.. taken, choice]));
    }
}

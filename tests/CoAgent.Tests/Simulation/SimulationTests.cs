using System.Globalization;
using CoAgent.Simulation;
using CoAgent.Simulation.Running;
using Xunit.Abstractions;

namespace CoAgent.Tests.Simulation;

/// <summary>Agents, daemons that are killed, journal and faulty servers from a seed (anomalies.md, "How it is tested", 2).</summary>
/// <remarks>New seeds each time, printed; <c>COAGENT_SIMULATION_SEED</c> repeats them.</remarks>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int RunCount = 200;

    [Fact]
    public void Two_hundred_seeds_end_as_the_serial_run()
    {
        var first = Environment.GetEnvironmentVariable("COAGENT_SIMULATION_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : (int)(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 1_000_000_000);
        using var report = new StringWriter();
        using var progress = new StringWriter();
        var status = SimulationCommand.Run(["--seed", $"{first}", "--runs", $"{RunCount}"], report, progress);
        output.WriteLine($"{report}");
        Assert.True(status == 0, $"COAGENT_SIMULATION_SEED={first}\n{report}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_journal()
    {
        var (one, other) = (new SimulatedRun(7), new SimulatedRun(7));
        Assert.Null(one.FindWrong());
        Assert.Null(other.FindWrong());
        Assert.Equal(one.Journal, other.Journal);
    }

    [Fact]
    public void Daemons_are_killed_and_servers_fail()
    {
        var runs = Enumerable.Range(1, 40).Select(seed => new SimulatedRun(seed)).ToArray();
        Assert.All(runs, run => Assert.Null(run.FindWrong()));
        Assert.True(runs.Sum(run => run.KillCount) > 10, "daemons are killed");
        Assert.True(runs.Sum(run => run.FaultCount) > 10, "servers fail");
        Assert.True(runs.Sum(run => run.RestCount) > 40, "what is left is written down where nothing is open");
        Assert.True(runs.Sum(run => run.DeletedCount) > 1_000, "what came before is deleted");
        Assert.True(runs.Sum(run => run.ReturnToldCount) > 10, "who comes back is told what changed");
    }
}

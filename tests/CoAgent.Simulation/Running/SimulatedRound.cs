using CoAgent.Protocol;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Sampling;
using CoAgent.Proving.Serial;
using CoAgent.Proving.Worlds;
using CoAgent.Runtime.Coordination;
using CoAgent.Simulation.Agents;
using CoAgent.Simulation.Worlds;

namespace CoAgent.Simulation.Running;

/// <summary>Some agents that work together in a world that is as at first, until nothing is open any more.</summary>
internal sealed class SimulatedRound
{
    private readonly DaemonHost _daemon;
    private readonly SimulatedWorld _world;
    private readonly SimulatedAgent[] _agents;
    private readonly int _faultsMax;
    private readonly int _killsMax;

    public SimulatedRound(Scenario scenario, int firstAgent, DaemonHost daemon, SimulatedWorld world, SimulatedTime time, Random random)
    {
        (Scenario, _daemon, _world) = (scenario, daemon, world);
        _faultsMax = random.Next(3) == 0 ? random.Next(1, 6) : 0;
        _killsMax = random.Next(2) == 0 ? random.Next(1, 5) : 0;
        _agents = [.. scenario.Programs.Select((program, i) => new SimulatedAgent(firstAgent + i, program, daemon, world, time, random))];
    }

    public Scenario Scenario { get; }

    /// <summary>What its agents are at.</summary>
    public string Doing => string.Join("; ", _agents.Select(static agent => agent.Doing));

    /// <summary>A scenario that a simulation can run.</summary>
    public static Scenario ScenarioOf(Random random) => new ScenarioSource(2, 5).Make(random) with
    {
        BeginsLate = true,
        NoticesMax = 0,
        DisturbanceCount = 0,
        MayLeave = false,
    };

    /// <summary>Runs it to its end and checks what must be so then.</summary>
    /// <param name="scheduler">Runs the agents.</param>
    /// <param name="isOrderDeclared">Whether the agents' order is declared; else they begin in it.</param>
    /// <exception cref="SimulationException">It is not so.</exception>
    public async Task RunAsync(SimulatedScheduler scheduler, bool isOrderDeclared)
    {
        _world.BeginAnew();
        _world.FailSome(_faultsMax);
        _daemon.KillSome(_killsMax);
        foreach (var agent in _agents.Where(_ => !isOrderDeclared))
        {
            await agent.BeginAsync();
        }

        await Task.WhenAll(_agents.Select(agent => scheduler.Start(agent.RunAsync)));
        await _daemon.QuietAsync();
        _world.FailSome(0);
        CheckEnd(SerialOracle.Run(Scenario));
    }

    private void CheckEnd(SerialEnd serial)
    {
        foreach (var place in Place.All)
        {
            var (is_, must) = (_world.Live[place.Index], serial.Contents[place.Index]);
            if (is_ != must && !_agents.Any(static agent => agent.IsUncertain))
            {
                throw new SimulationException($"{place.Name} is {is_ ?? "absent"}, serially {must ?? "absent"}");
            }
        }
    }
}

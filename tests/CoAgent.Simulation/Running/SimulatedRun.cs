using CoAgent.Protocol;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Sampling;
using CoAgent.Proving.Serial;
using CoAgent.Proving.Worlds;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Simulation.Agents;
using CoAgent.Simulation.Worlds;

namespace CoAgent.Simulation.Running;

/// <summary>One simulation: everything in it follows from its seed.</summary>
internal sealed class SimulatedRun
{
    private const long StepsMax = 300_000;

    private readonly Scenario _scenario;
    private readonly SimulatedTime _time = new();
    private readonly SimulatedScheduler _scheduler;
    private readonly SimulatedWorld _world;
    private readonly SimulatedDisk _disk = new();
    private readonly DaemonHost _daemon;
    private readonly SimulatedAgent[] _agents;

    public SimulatedRun(int seed)
    {
        var random = new Random(seed);
        _scenario = new ScenarioSource(2, 5).Make(random) with { BeginsLate = true, NoticesMax = 0, DisturbanceCount = 0, MayLeave = false };
        _scheduler = new SimulatedScheduler(random, _time);
        _world = new SimulatedWorld(_time, random, random.Next(3) == 0 ? random.Next(1, 6) : 0);
        var options = new CoordinatorOptions
        {
            Protocol = _scenario.Configure(new ProtocolOptions()),
            Lease = TimeSpan.FromDays(1),
        };
        _daemon = new DaemonHost(_scheduler, _time, _world, _disk, options, random) { KillsLeft = random.Next(2) == 0 ? random.Next(1, 5) : 0 };
        _agents = [.. _scenario.Programs.Select((program, i) => new SimulatedAgent(i, program, _daemon, _world, _time, random))];
    }

    /// <summary>What it was made of, in one line.</summary>
    public override string ToString() => $"{_scenario}; {_daemon.KillCount} kills, {_world.FaultCount} faults, {_disk.Kept.Count} entries";

    public int KillCount => _daemon.KillCount;

    public int FaultCount => _world.FaultCount;

    public int EntryCount => _disk.Kept.Count;

    /// <summary>What its journal holds, an entry a line, and what follows from each.</summary>
    public IEnumerable<string> Journal
    {
        get
        {
            var state = new WorkspaceState(_scenario.Configure(new ProtocolOptions()));
            foreach (var entry in _disk.Kept)
            {
                yield return $"{entry}";
                var input = entry switch
                {
                    JournalEntry.Taken taken => taken.Input,
                    JournalEntry.Proposed proposed => proposed.Input,
                    JournalEntry.Ended ended => ended.Input,
                    _ => null,
                };
                foreach (var effect in input is null ? [] : StateMachine.Step(state, input))
                {
                    yield return $"    {effect}";
                }
            }
        }
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>What is not as it must be; null when all is.</returns>
    public string? FindWrong()
    {
        try
        {
            Run();
            return null;
        }
        catch (SimulationException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>Runs it to its end and checks what must be so then.</summary>
    /// <exception cref="SimulationException">It is not so.</exception>
    private void Run()
    {
        using var ended = new CancellationTokenSource();
        var operating = _scheduler.Start(() => _daemon.OperateAsync(ended.Token));
        var agents = _scheduler.Start(async () =>
        {
            await Task.WhenAll(_agents.Select(agent => _scheduler.Start(agent.RunAsync)));
            await _daemon.QuietAsync();
        });
        try
        {
            _scheduler.RunUntilEnded(Task.WhenAny(agents, operating), StepsMax);
        }
        catch (SimulationException) when (_daemon.Fault is { } failure)
        {
            throw new SimulationException($"the daemon failed: {failure}");
        }
        catch (SimulationException endless)
        {
            throw new SimulationException($"{endless.Message}; {string.Join("; ", _agents.Select(agent => agent.Doing))}");
        }

        ended.Cancel();
        if (operating.Exception is { InnerException: { } fault })
        {
            throw new SimulationException(fault.Message);
        }

        if (agents.Exception is { InnerException: { } wrong })
        {
            throw new SimulationException($"an agent failed: {wrong}");
        }

        CheckEnd(SerialOracle.Run(_scenario));
    }

    private void CheckEnd(SerialEnd serial)
    {
        foreach (var place in Place.All)
        {
            var (is_, must) = (_world.Live[place.Index], serial.Contents[place.Index]);
            if (is_ != must && !_agents.Any(agent => agent.IsUncertain))
            {
                throw new SimulationException($"{place.Name} is {is_ ?? "absent"}, serially {must ?? "absent"}");
            }
        }
    }
}

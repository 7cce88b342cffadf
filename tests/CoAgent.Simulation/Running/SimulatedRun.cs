using CoAgent.Protocol;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Journal;
using CoAgent.Simulation.Agents;
using CoAgent.Simulation.Worlds;

namespace CoAgent.Simulation.Running;

/// <summary>One simulation: everything in it follows from its seed.</summary>
internal sealed class SimulatedRun
{
    private const long StepsMax = 300_000;
    private const int AgentsPerRoundMax = 100;

    private readonly SimulatedTime _time = new();
    private readonly SimulatedScheduler _scheduler;
    private readonly SimulatedWorld _world;
    private readonly SimulatedDisk _disk;
    private readonly DaemonHost _daemon;
    private readonly SimulatedRound[] _rounds;
    private readonly SimulatedVisitor _visitor;
    private int _round;

    public SimulatedRun(int seed)
    {
        var random = new Random(seed);
        var scenarios = Enumerable.Range(0, random.Next(1, 4)).Select(_ => SimulatedRound.ScenarioOf(random)).ToArray();
        _scheduler = new SimulatedScheduler(random, _time);
        _world = new SimulatedWorld(_time, random);
        _disk = new SimulatedDisk(random, entriesKept: random.Next(0, 60));
        var options = new CoordinatorOptions
        {
            Protocol = scenarios[0].Configure(new ProtocolOptions()),
            Lease = TimeSpan.FromDays(1),
            RestAfterEntries = random.Next(1, 40),
            BootId = "boot",
        };
        _daemon = new DaemonHost(_scheduler, _time, _world, _disk, options, random);
        _rounds = [.. scenarios.Select((scenario, i) => new SimulatedRound(scenario, i * AgentsPerRoundMax, _daemon, _world, _time, random))];
        _visitor = new SimulatedVisitor(_daemon, _world, _time);
    }

    /// <summary>What it was made of, in one line.</summary>
    public override string ToString() => $"{string.Join(" | ", _rounds.Select(static round => round.Scenario))}; {_daemon.KillCount} kills, "
        + $"{_world.FaultCount} faults, {_disk.All.Count} entries, {_disk.DeletedCount} of them deleted";

    public int KillCount => _daemon.KillCount;

    public int FaultCount => _world.FaultCount;

    public int EntryCount => _disk.All.Count;

    /// <summary>How many entries of its journal were deleted.</summary>
    public int DeletedCount => _disk.DeletedCount;

    /// <summary>How many entries say what was left where nothing was open.</summary>
    public int RestCount => _disk.RestCount;

    /// <summary>How many reads the visitor was told to be others when it came back.</summary>
    public int ReturnToldCount => _visitor.ToldCount;

    /// <summary>What its journal held, an entry a line, and what follows from each.</summary>
    public IEnumerable<string> Journal
    {
        get
        {
            var memory = new WorkspaceMemory(new CoordinatorOptions(), _time);
            foreach (var entry in _disk.All)
            {
                yield return $"{entry}";
                foreach (var effect in memory.Apply(entry))
                {
                    yield return $"    {effect}";
                }

                memory.TakeForgotten();
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
            Verify(_disk.All, "the whole journal");
            Verify(_disk.ReadAll(), "what is kept of the journal");
            return null;
        }
        catch (SimulationException wrong)
        {
            return wrong.Message;
        }
    }

    private void Run()
    {
        using var ended = new CancellationTokenSource();
        var operating = _scheduler.Start(() => _daemon.OperateAsync(ended.Token));
        var rounds = _scheduler.Start(RunRoundsAsync);
        try
        {
            _scheduler.RunUntilEnded(Task.WhenAny(rounds, operating), StepsMax);
        }
        catch (SimulationException) when (_daemon.Fault is { } failure)
        {
            throw new SimulationException($"the daemon failed: {failure}");
        }
        catch (SimulationException endless)
        {
            throw new SimulationException($"round {_round}: {endless.Message}; {_rounds[_round].Doing}");
        }

        ended.Cancel();
        if (operating.Exception is { InnerException: { } fault })
        {
            throw new SimulationException(fault.Message);
        }

        if (rounds.Exception is { InnerException: { } wrong })
        {
            throw new SimulationException($"round {_round}: {(wrong is SimulationException ? wrong.Message : $"{wrong}")}");
        }
    }

    /// <summary>Nothing is open between two rounds: there the daemons write down what is left, and entries go.</summary>
    private async Task RunRoundsAsync()
    {
        for (_round = 0; _round < _rounds.Length; _round++)
        {
            await _rounds[_round].RunAsync(_scheduler, isOrderDeclared: _round == 0);
            await _visitor.VisitAsync();
            await _daemon.QuietAsync();
        }

        _round--;
    }

    private void Verify(IEnumerable<JournalEntry> entries, string what)
    {
        var report = JournalVerifier.VerifyAsync(entries.ToAsyncEnumerable(), _time, CancellationToken.None).GetAwaiter().GetResult();
        if (report.Violation is { } violation)
        {
            throw new SimulationException($"{what} breaks {violation.Rule} at entry {violation.Entry}, {violation.Call}: {violation.Words}");
        }
    }
}

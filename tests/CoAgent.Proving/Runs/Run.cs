using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Serial;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Runs;

/// <summary>
/// One execution of a scenario: the protocol's state machine, the world and the agents, moved on by one choice at a time
/// and checked after each.
/// </summary>
/// <remarks>The same choices give the same run: whoever explores goes back by starting again.</remarks>
internal sealed partial class Run
{
    /// <summary>Requests of the operator have negative numbers: below this one to take back, above it to release.</summary>
    private const long OperatorRequests = -1_000_000;

    private readonly List<Effect.World> _out = [];
    private readonly SortedDictionary<long, Quarantine> _quarantines = [];
    private readonly HashSet<QuarantineId> _releasing = [];
    private readonly SerialEnd _serial;
    private bool _isChecked = true;
    private int _faultsLeft;
    private int _disturbancesLeft;

    public Run(Scenario scenario, ProofOptions options, SerialEnd? serial = null)
    {
        Scenario = scenario;
        Options = options;
        _serial = serial ?? SerialOracle.Run(scenario);
        _faultsLeft = scenario.FaultCount;
        _disturbancesLeft = scenario.DisturbanceCount;
        State = new WorkspaceState(scenario.Configure(options.Protocol));
        World = new FileWorld(options.Defect);
        Agents = [.. scenario.Programs.Select(
            (_, i) => new ScriptedAgent(i, scenario, World.Words, () => _quarantines.Count > 0))];
        Ledger = new Ledger(this);
        if (!scenario.BeginsLate)
        {
            Array.ForEach(Agents, agent => Feed(agent.Act()));
        }
    }

    public Scenario Scenario { get; }

    public ProofOptions Options { get; }

    public WorkspaceState State { get; }

    public FileWorld World { get; }

    public ScriptedAgent[] Agents { get; }

    public Ledger Ledger { get; }

    /// <summary>The effects on the world that have not ended.</summary>
    public IReadOnlyList<Effect.World> Out => _out;

    /// <summary>What is quarantined.</summary>
    public IReadOnlyCollection<Quarantine> Quarantines => _quarantines.Values;

    /// <summary>Whether the operator has put a quarantine right and the protocol has not answered yet.</summary>
    public bool IsReleasing(QuarantineId quarantine) => _releasing.Contains(quarantine);

    /// <summary>Whether it is not known if a call's effect is there.</summary>
    public bool IsQuarantined(CallId call) => _quarantines.Values.Any(quarantine => quarantine.Call == call);

    /// <summary>How many more effects may end otherwise than they should.</summary>
    public int FaultsLeft => _faultsLeft;

    /// <summary>How many more disturbances there may be.</summary>
    public int DisturbancesLeft => _disturbancesLeft;

    /// <summary>Whether anything was told again: then it is told whatever it says.</summary>
    public bool HasToldAgain { get; private set; }

    /// <summary>Whether every agent is done and nothing is on its way.</summary>
    public bool IsOver => _out.Count == 0 && _quarantines.Count == 0 && Array.TrueForAll(Agents, agent => agent.IsDone);

    /// <summary>Sees each input with what follows from it; for whoever prints a run.</summary>
    public Action<Run, Input, IReadOnlyCollection<Effect>>? Trace { get; init; }

    /// <summary>Makes a choice, and checks what must hold then.</summary>
    /// <exception cref="ProofException">It does not hold.</exception>
    /// <exception cref="InvariantException">The protocol has found itself wrong.</exception>
    public void Take(Choice choice, bool isChecked)
    {
        _isChecked = isChecked;
        Make(choice);
        if (!isChecked)
        {
            return;
        }

        Ledger.Check();
        if (IsOver)
        {
            Ledger.CheckEnd(_serial);
        }
    }

    private void Make(Choice choice)
    {
        switch (choice)
        {
            case Choice.Act(var agent):
                Feed(Agents[agent].Act());
                break;
            case Choice.End(var id, var how):
                _faultsLeft -= how == Ending.Normal ? 0 : 1;
                EndEffect(id, how);
                break;
            case Choice.Crash(var happened):
                Crash(happened);
                break;
            case Choice.Release(var quarantine, var verdict):
                Release(quarantine, verdict);
                break;
            case Choice.Cancel(_, var call):
                _disturbancesLeft--;
                Feed(new Input.Cancel(call));
                break;
            case Choice.StopWaiting(var agent):
                _disturbancesLeft--;
                Feed(new Input.WaitEnded(Agents[agent].Transaction!.Value));
                break;
            case Choice.Redeliver(var agent):
                _disturbancesLeft--;
                TellAgain(Agents[agent]);
                break;
            case Choice.TakeBack(var call):
                Feed(new Input.Undo(new RequestId(OperatorRequests - _disturbancesLeft--), By: null, [call]));
                break;
            case Choice.Leave(var agent, var isForGood):
                _disturbancesLeft--;
                Feed(Agents[agent].Leave(isForGood));
                break;
        }
    }

    private void Crash(int happened)
    {
        _faultsLeft--;
        var lost = _out.OrderBy(effect => effect.Call.Number).ThenBy(effect => effect.Id.Number).ToList();
        for (var i = 0; i < lost.Count; i++)
        {
            var isDone = lost[i] is Effect.Execute or Effect.Invert && (happened & (1 << i)) != 0;
            EndEffect(lost[i].Id, isDone ? Ending.LostDone : Ending.LostUndone);
        }

        Array.ForEach(Array.FindAll(Agents, agent => agent is { IsDone: false, Transaction: not null }), TellAgain);
    }

    private void TellAgain(ScriptedAgent agent)
    {
        HasToldAgain = true;
        Feed(new Input.Redeliver(agent.Transaction!.Value));
    }

    private void EndEffect(EffectId id, Ending how)
    {
        var effect = _out.Find(out_ => out_.Id == id) ?? throw new InvalidOperationException($"Effect {id} is not out.");
        var outcome = World.CarryOut(effect, how);
        _out.Remove(effect);
        Feed(new Input.Ended(id, outcome));
    }

    /// <summary>The operator puts the objects right and says so; it counts when the protocol has answered.</summary>
    private void Release(QuarantineId id, ReleaseVerdict verdict)
    {
        World.SetRight(_quarantines[id.Number].Call, verdict);
        _releasing.Add(id);
        Feed(new Input.Release(new RequestId(-id.Number), id, verdict));
    }

    private void OnReleased(QuarantineId id)
    {
        _releasing.Remove(id);
        _quarantines.Remove(id.Number, out var quarantine);
        Ledger.Rebase(World.Calls[quarantine!.Call]);
        Array.ForEach(Agents, agent => agent.OnReleased(id));
    }

    private void Feed(Input input)
    {
        if (input is Input.Propose propose)
        {
            var agent = AgentOf(propose.Call);
            var step = agent.StepOfOpen(propose.Call);
            World.Know(propose.Call, agent.Program.Steps[step], agent.Records[step].Tool!);
        }

        var effects = StateMachine.Step(State, input);
        Trace?.Invoke(this, input, effects);
        foreach (var effect in effects)
        {
            Handle(effect);
        }
    }

    private ScriptedAgent AgentOf(CallId call) => Agents[call.Number / ScriptedAgent.IdStride];

    private ScriptedAgent AgentOf(RequestId request) => Agents[request.Number / ScriptedAgent.IdStride];
}

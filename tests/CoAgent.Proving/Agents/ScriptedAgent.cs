using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Agents;

/// <summary>
/// An agent that follows a program and repairs itself: what it is told is stale it takes back from there on, and does
/// again.
/// </summary>
/// <remarks>It makes one move at a time; a move is one input to the protocol. What it is told it takes in at once.</remarks>
internal sealed partial class ScriptedAgent
{
    /// <summary>Ids of calls and requests are told apart by agent: its number times this, and a count.</summary>
    public const long IdStride = 1_000_000;

    private const int Nothing = int.MaxValue;

    private readonly Words _words;
    private readonly Func<bool> _isAnythingQuarantined;
    private readonly StepRecord[] _records;
    private readonly string?[] _answers;
    private readonly HashSet<CallId> _former = [];
    private readonly HashSet<int> _undone = [];
    private readonly List<CallId> _toTakeBack = [];
    private readonly List<(NoticeId Id, bool IsAskedAgain)> _toResolve = [];
    private readonly HashSet<QuarantineId> _released = [];
    private readonly GateMode _gate;
    private readonly bool _isUndisturbed;
    private long _lastId;
    private int _next;
    private int _staleFrom = Nothing;
    private OpenRequest? _request;
    private bool _isBlocked;

    public ScriptedAgent(int index, Scenario scenario, Words words, Func<bool> isAnythingQuarantined)
    {
        Index = index;
        Rank = new Rank(index + 1);
        Program = scenario.Programs[index];
        _gate = scenario.Gate;
        _isUndisturbed = scenario is { FaultCount: 0, DisturbanceCount: 0 };
        _words = words;
        _isAnythingQuarantined = isAnythingQuarantined;
        _records = [.. Program.Steps.Select(_ => new StepRecord())];
        _answers = new string?[_records.Length];
        Plan();
    }

    /// <summary>Its number, counted from 0: its rank is one more.</summary>
    public int Index { get; }

    public AgentProgram Program { get; }

    public AgentId Id => AgentId.Create(NameOf(Index));

    /// <summary>Its transaction; null before it has begun, and while it is gone.</summary>
    public TransactionId? Transaction { get; private set; }

    /// <summary>The transaction's rank, or the one that it is to have.</summary>
    public Rank Rank { get; private set; }

    /// <summary>Whether it has been gone: what it did before stays as it is.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Whether it is in the middle of nothing, so that it can be gone.</summary>
    public bool CanLeave => !IsDone && Transaction is not null && (_request is null || IsFinishing);

    /// <summary>What has become of its steps.</summary>
    public IReadOnlyList<StepRecord> Records => _records;

    /// <summary>Calls that it is about to take back.</summary>
    public IReadOnlyCollection<CallId> ToTakeBack => _toTakeBack;

    /// <summary>Whether it has finished or aborted.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether it took everything back and ended.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Whether it waits for the answer to a finish.</summary>
    public bool IsFinishing => _request?.Kind == RequestKind.Finish;

    /// <summary>Whether it waits for everything to be taken back.</summary>
    public bool IsAborting => _request?.Kind == RequestKind.Abort;

    /// <summary>What it does next; null: nothing, it waits.</summary>
    public AgentMove? Move { get; private set; }

    /// <summary>Its calls that have no answer yet.</summary>
    public IEnumerable<CallId> OpenCalls => _records.Where(record => record.State == StepState.Open).Select(record => record.Call!.Value);

    /// <summary>The step of a call that has no answer yet.</summary>
    public int StepOfOpen(CallId call) => Array.FindIndex(_records, record => record.State == StepState.Open && record.Call == call);

    /// <summary>Whether a call was made in a transaction that it has left.</summary>
    public bool IsFormer(CallId call) => _former.Contains(call);

    /// <summary>The name of the agent of that number.</summary>
    public static string NameOf(int index) => $"agent{index}";

    /// <summary>The step that made a call and that the agent relies on; -1 when there is none.</summary>
    public int StepOfKnown(CallId call) => !IsAborted && !IsAborting && StepOf(call) is var step && step < _staleFrom ? step : -1;

    /// <summary>Makes its move.</summary>
    public Input Act()
    {
        var move = Move ?? throw new InvalidOperationException($"Agent {Index} has no move.");
        var input = move switch
        {
            AgentMove.Begin => new Input.Begin(Id, HasLeft ? null : Rank),
            AgentMove.Cancel(var step) => Cancel(step),
            AgentMove.Call(var step, var tool) => Propose(step, tool),
            AgentMove.TakeBack(var step, var calls) => new Input.Undo(Ask(RequestKind.Undo, step), Transaction, calls),
            AgentMove.Resolve(var notice, var decision) =>
                new Input.Resolve(
                    Ask(RequestKind.Resolve), Transaction!.Value, notice, decision, KeepsStaleValue: decision == NoticeDecision.Keep),
            AgentMove.Abort => new Input.Abort(Ask(RequestKind.Abort), Transaction!.Value),
            AgentMove.Finish => (Input)new Input.Finish(Ask(RequestKind.Finish), Transaction!.Value, Wait: true),
            _ => throw new InvalidOperationException($"There is no move {move}."),
        };
        Plan();
        return input;
    }

    /// <summary>Learns that the operator has released something.</summary>
    public void OnReleased(QuarantineId quarantine)
    {
        _released.Add(quarantine);
        _isBlocked = false;
        Plan();
    }

    /// <summary>Is gone from now on; its transaction is left as it is.</summary>
    public Input.Leave Leave(bool isForGood)
    {
        var left = new Input.Leave(Transaction!.Value);
        _former.UnionWith(_records.Select(record => record.Call).OfType<CallId>());
        _toTakeBack.Clear();
        _toResolve.Clear();
        (Transaction, HasLeft, IsDone) = (null, true, isForGood);
        Plan();
        return left;
    }

    private Input.Cancel Cancel(int step)
    {
        _records[step].IsCancelAsked = true;
        return new Input.Cancel(_records[step].Call!.Value);
    }

    private Input.Propose Propose(int step, ToolCall tool)
    {
        var id = new CallId(NextId());
        _records[step].Open(id, tool);
        _next = step + 1;
        return new Input.Propose(id, Transaction!.Value, Program.Steps[step].Declaration);
    }

    private long NextId() => (Index * IdStride) + ++_lastId;

    private RequestId Ask(RequestKind kind, int step = -1)
    {
        _request = new OpenRequest(new RequestId(NextId()), kind, step);
        return _request.Id;
    }
}

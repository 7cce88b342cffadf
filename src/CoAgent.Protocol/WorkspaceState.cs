using System.Collections.Immutable;
using CoAgent.Protocol.Finishing;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Resting;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol;

/// <summary>All that the protocol knows of one workspace. Owned by one writer, changed by <see cref="StateMachine.Step"/> only.</summary>
/// <remarks>
/// The same inputs from the start give the same state and the same effects, in every process: that is how a journal is
/// replayed and how a test explores. Why it is changed in place: docs/decisions/0007.
/// </remarks>
public sealed class WorkspaceState
{
    private readonly List<Effect> _effects = [];
    private readonly List<Call> _scratch = [];
    private readonly PriorityQueue<Operation, long> _ready = new();
    private readonly Queue<TransactionState> _touched = [];
    private long _lastEffect;
    private long _lastTicket;
    private long _lastNotice;

    /// <summary>A workspace in which nothing has happened.</summary>
    public WorkspaceState(ProtocolOptions options)
    {
        Options = options;
        Order = SerialOrder.Start(options.Order);
        Trajectories = new TrajectoryIndex(options.Rules);
        Latches = new LatchTable(options.Rules);
        Quarantines = new QuarantineList(options.Rules);
    }

    private WorkspaceState(WorkspaceState before, ProtocolOptions options)
        : this(options)
    {
        Order = before.Order.Continue(options.Order);
        Lapsed = before.Lapsed;
        StepNumber = before.StepNumber;
        (_lastEffect, _lastTicket, _lastNotice) = (before._lastEffect, before._lastTicket, before._lastNotice);
        Quarantines = before.Quarantines;
    }

    private WorkspaceState(WorkspaceRest rest, ProtocolOptions options)
        : this(options)
    {
        Order = SerialOrder.From(rest.Order, options.Order);
        StepNumber = rest.StepNumber;
        (_lastEffect, _lastTicket, _lastNotice) = (rest.LastEffect, rest.LastTicket, rest.LastNotice);
        Quarantines = new QuarantineList(options.Rules, rest.LastQuarantine);
        foreach (var lapsed in rest.Lapsed)
        {
            Lapsed.Add(lapsed);
        }
    }

    /// <summary>The state that goes on where nothing was open.</summary>
    public static WorkspaceState From(WorkspaceRest rest, ProtocolOptions options) => new(rest, options);

    /// <summary>Whether nothing is open: no transaction, no effect, no quarantine; reads may wait for agents that are gone.</summary>
    public bool IsAtRest =>
        Transactions.Count == 0 && Operations.Count == 0 && Calls.Count == 0 && UnownedCount == 0 && !Quarantines.All.Any();

    /// <summary>All that is left where nothing is open.</summary>
    /// <param name="lapsedReadsMax">How many reads may wait on; of agents that left before those, it is only known that they had read.</param>
    public WorkspaceRest Rest(int lapsedReadsMax)
    {
        Invariant.Require(IsAtRest && Awaited.Count == 0 && OpenCalls.Count == 0, "a workspace is at rest when nothing is open");
        Invariant.Require(CapturedBytes == 0 && _effects.Count == 0, "nothing is captured, and nothing to be told, where nothing is open");
        return new WorkspaceRest(
            StepNumber, _lastEffect, _lastTicket, _lastNotice, Quarantines.Last, Order.Rest(), Lapsed.Rest(lapsedReadsMax));
    }

    /// <summary>The state that goes on under other options: nothing is forgotten, no name is given twice. Only where nothing is open.</summary>
    public WorkspaceState Continue(ProtocolOptions options)
    {
        Invariant.Require(Transactions.Count == 0 && Operations.Count == 0, "options change when nothing is open");
        return new WorkspaceState(this, options);
    }

    /// <summary>What the user decided.</summary>
    public ProtocolOptions Options { get; }

    /// <summary>Who is active with which rank.</summary>
    public SerialOrder Order { get; internal set; }

    /// <summary>What a transaction that has not ended has still to be told, or to settle, oldest first.</summary>
    public ImmutableArray<Notice> NoticesOf(TransactionId id) => Transactions.TryGetValue(id, out var transaction)
        ? [.. transaction.Notices.Delivered.Concat(transaction.Notices.Open).Select(notice => notice.Tell(transaction))]
        : [];

    /// <summary>The calls of a transaction that are remembered, in position order, and how far each is.</summary>
    public ImmutableArray<CallView> CallsOf(TransactionId id) => Transactions.TryGetValue(id, out var transaction)
        ? [.. transaction.Calls.Select(call => new CallView(call.Id, call.Position, call.State))]
        : [];

    /// <summary>Whether a call can still be asked for: in a transaction, or as what an agent had read that may come back.</summary>
    public bool Remembers(CallId call) => Calls.ContainsKey(call) || Lapsed.Has(call);

    /// <summary>What an effect that is out belongs to; null when none of that name is out.</summary>
    public PlanView? PlanOf(EffectId effect) =>
        Awaited.TryGetValue(effect, out var run) ? new PlanView(run.Operation.Ticket, run.Plan.Cause) : null;

    internal ProtocolLimits Limits => Options.Limits;

    internal RuleSet Rules => Options.Rules;

    internal TrajectoryIndex Trajectories { get; }

    internal LatchTable Latches { get; }

    internal QuarantineList Quarantines { get; private init; }

    internal Dictionary<TransactionId, TransactionState> Transactions { get; } = [];

    /// <summary>The calls that are remembered: open, in trajectories, recorded or displaced.</summary>
    internal Dictionary<CallId, Call> Calls { get; } = [];

    /// <summary>What waits or runs.</summary>
    internal HashSet<Operation> Operations { get; } = [];

    /// <summary>The calls that have no outcome yet.</summary>
    internal Dictionary<CallId, CallOperation> OpenCalls { get; } = [];

    /// <summary>The plans whose effects are out.</summary>
    internal Dictionary<EffectId, ReorderRun> Awaited { get; } = [];

    /// <summary>Operations that belong to no transaction: nobody finishes before they end.</summary>
    internal int UnownedCount { get; set; }

    /// <summary>Transactions that are to be taken back when what they have on its way is over.</summary>
    internal List<TransactionState> Aborting { get; } = [];

    /// <summary>Transactions whose agent is gone.</summary>
    internal List<TransactionState> Unattended { get; } = [];

    internal LapsedReads Lapsed { get; private init; } = new();

    internal long CapturedBytes { get; private set; }

    /// <summary>How many inputs there have been.</summary>
    internal long StepNumber { get; set; }

    internal NoticeId NextNotice() => new(++_lastNotice);

    internal long NextTicket() => ++_lastTicket;

    internal void Emit(Effect effect) => _effects.Add(effect);

    /// <summary>Names an effect on the world whose outcome a plan waits for.</summary>
    internal EffectId Await(ReorderRun run)
    {
        var id = new EffectId(++_lastEffect);
        Awaited.Add(id, run);
        return id;
    }

    internal ImmutableArray<Effect> TakeEffects()
    {
        ImmutableArray<Effect> effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    /// <summary>A list to collect calls in, empty, until the next one is asked for.</summary>
    internal List<Call> Scratch()
    {
        _scratch.Clear();
        return _scratch;
    }

    /// <summary>Puts an operation among those to be looked at before the step ends, by ticket.</summary>
    internal void Ready(Operation operation)
    {
        if (!operation.IsReady)
        {
            operation.IsReady = true;
            _ready.Enqueue(operation, operation.Ticket);
        }
    }

    internal bool HasReady => _ready.Count > 0;

    internal Operation? TakeReady()
    {
        if (!_ready.TryDequeue(out var operation, out _))
        {
            return null;
        }

        operation.IsReady = false;
        return operation;
    }

    /// <summary>A transaction was given a notice: what it holds is to be looked at again.</summary>
    internal void Touch(TransactionState transaction)
    {
        if (!transaction.IsTouched)
        {
            transaction.IsTouched = true;
            _touched.Enqueue(transaction);
        }
    }

    internal TransactionState? TakeTouched()
    {
        if (!_touched.TryDequeue(out var transaction))
        {
            return null;
        }

        transaction.IsTouched = false;
        return transaction;
    }

    /// <summary>Notes how much a call's capture keeps.</summary>
    internal void Captured(Call call, long bytes)
    {
        CapturedBytes += bytes - call.CapturedBytes;
        call.CapturedBytes = bytes;
    }

    /// <summary>Forgets a call that is in no trajectory.</summary>
    internal void Forget(Call call)
    {
        NoticeFiling.Forget(this, call);
        Captured(call, bytes: 0);
        Invariant.Require(Calls.Remove(call.Id), "a call that is forgotten was remembered");
        call.Transaction.Displaced.Remove(call);
        call.Transaction.Remove(call);
        call.IsGone = true;
    }
}

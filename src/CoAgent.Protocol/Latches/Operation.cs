using System.Collections.Immutable;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Latches;

/// <summary>Something that wants to change or read the world: it waits for all its latches at once, then runs its plan.</summary>
internal abstract class Operation(TransactionState? owner)
{
    /// <summary>Whose transaction it belongs to; null for what belongs to nobody.</summary>
    public TransactionState? Owner { get; } = owner;

    /// <summary>Its place in the one queue: who has the lower ticket asked first.</summary>
    public long Ticket { get; init; }

    public OperationState State { get; set; } = OperationState.Waiting;

    public bool IsRunning => State == OperationState.Running;

    /// <summary>What it latches, or asks for.</summary>
    public LatchSet Latches { get; set; } = LatchSet.Empty;

    /// <summary>How many entries in others' <see cref="Waiters"/> it has: it is free when there is none.</summary>
    public int BlockerCount { get; set; }

    /// <summary>Who waits for it.</summary>
    public List<Operation> Waiters { get; } = [];

    /// <summary>Whether it is among those to be considered.</summary>
    public bool IsReady { get; set; }

    /// <summary>Its plan on the way; null until it runs.</summary>
    public ReorderRun? Run { get; set; }
}

/// <summary>How far an operation is.</summary>
internal enum OperationState
{
    /// <summary>It stands in the queue.</summary>
    Waiting,

    /// <summary>It stands aside: it keeps back later calls of its own transaction, and nobody else.</summary>
    Parked,

    /// <summary>It holds its latches.</summary>
    Running,

    /// <summary>It is over.</summary>
    Ended,
}

/// <summary>One call on its way.</summary>
internal sealed class CallOperation(Call call) : Operation(call.Transaction)
{
    public Call Call { get; } = call;
}

/// <summary>Calls on their way out.</summary>
internal sealed class RemovalOperation(RequestId request, TransactionState? owner, TransactionState? by, ImmutableArray<CallId> calls)
    : Operation(owner)
{
    public RequestId Request { get; } = request;

    /// <summary>Who asked; null for the operator and for an abort.</summary>
    public TransactionState? By { get; } = by;

    public ImmutableArray<CallId> Calls { get; } = calls;

    /// <summary>Whether it ends its owner's transaction.</summary>
    public bool IsAbort { get; init; }

    /// <summary>What became of the calls so far.</summary>
    public Dictionary<CallId, UndoneCall> Fates { get; } = [];

    /// <summary>The calls that the latest plan has to leave where they are.</summary>
    public List<UndoneCall> Kept { get; set; } = [];
}

/// <summary>Recorded reads that are to be compared with the world again.</summary>
internal sealed class RecheckOperation(PlanRequest request) : Operation(owner: null)
{
    public PlanRequest Request { get; } = request;
}

/// <summary>A quarantine that is to end when nothing runs on its objects.</summary>
internal sealed class ReleaseOperation(Input.Release release) : Operation(owner: null)
{
    public Input.Release Release { get; } = release;
}

using System.Collections.Immutable;
using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Latches;

/// <summary>What one operation latches: to change it, or to find it unchanged.</summary>
/// <param name="Exclusive">
/// What nobody else may read or write meanwhile; of a listing, what nobody else may read: its writers do not meet.
/// </param>
/// <param name="Shared">What nobody else may write meanwhile.</param>
internal sealed record LatchSet(ImmutableArray<ObjectPattern> Exclusive, ImmutableArray<ObjectPattern> Shared)
{
    public static LatchSet Empty { get; } = new([], []);

    /// <summary>What carrying out one call and nothing else takes.</summary>
    public static LatchSet Of(Footprint footprint) => new(footprint.Writes, footprint.Reads);
}

/// <summary>Who holds and who wants which objects, in one fair queue (protocol.md, section 3, step 3).</summary>
/// <remarks>
/// An operation waits for those that run on overlapping objects, and for those that asked before it; it gets all its
/// latches at once or none. One that runs waits for no latch, so every chain of waiting ends at one that runs: there is
/// no deadlock by construction.
/// </remarks>
internal sealed class LatchTable(RuleSet rules)
{
    private readonly PatternIndex<long, Operation> _queue = new();
    private readonly List<Operation> _met = [];

    /// <summary>How many entries there are: none when nothing is on its way.</summary>
    public int EntryCount => _queue.Count;

    /// <summary>Puts a request in the queue, or replaces what it asks for.</summary>
    /// <returns>Whether it has its latches.</returns>
    public bool Request(Operation operation, LatchSet latches)
    {
        Invariant.Require(operation.State == OperationState.Waiting, "only who waits asks for latches");
        Invariant.Require(operation.BlockerCount == 0, "who waits for somebody does not ask again");
        Place(operation, latches);
        Meet(latches);
        foreach (var other in _met)
        {
            if (Blocks(other, operation))
            {
                other.Waiters.Add(operation);
                operation.BlockerCount++;
            }
        }

        operation.State = operation.BlockerCount > 0 ? OperationState.Waiting : OperationState.Running;
        return operation.IsRunning;
    }

    /// <summary>Lets a call stand aside: it keeps back later conflicting calls of its transaction only.</summary>
    /// <returns>Who waited for it and for nobody else.</returns>
    public ImmutableArray<Operation> Park(CallOperation operation)
    {
        operation.State = OperationState.Parked;
        Place(operation, LatchSet.Of(operation.Call.Footprint));
        return Free(operation);
    }

    /// <summary>Whether an earlier call of the same transaction stands aside that this one conflicts with.</summary>
    public bool IsBehindParked(CallOperation operation)
    {
        Meet(LatchSet.Of(operation.Call.Footprint));
        foreach (var other in _met)
        {
            if (other is CallOperation { State: OperationState.Parked } parked
                && parked.Call.Transaction == operation.Call.Transaction
                && parked.Call.Position < operation.Call.Position)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes an operation out of the queue.</summary>
    /// <returns>Who waited for it and for nobody else.</returns>
    public ImmutableArray<Operation> Release(Operation operation)
    {
        Withdraw(operation);
        operation.State = OperationState.Ended;
        return Free(operation);
    }

    private static ImmutableArray<Operation> Free(Operation operation)
    {
        if (operation.Waiters.Count == 0)
        {
            return [];
        }

        var waiters = operation.Waiters.ToArray();
        operation.Waiters.Clear();
        foreach (var waiter in waiters)
        {
            waiter.BlockerCount--;
        }

        return [.. waiters.Where(waiter => waiter is { BlockerCount: 0, State: OperationState.Waiting }).Distinct()];
    }

    private void Withdraw(Operation operation)
    {
        foreach (var pattern in operation.Latches.Exclusive)
        {
            _queue.Remove(Accesses.OfWrite(pattern), pattern, operation.Ticket, operation);
        }

        foreach (var pattern in operation.Latches.Shared)
        {
            _queue.Remove(Access.Read, pattern, operation.Ticket, operation);
        }

        operation.Latches = LatchSet.Empty;
    }

    private void Place(Operation operation, LatchSet latches)
    {
        Withdraw(operation);
        operation.Latches = latches;
        foreach (var pattern in latches.Exclusive)
        {
            _queue.Add(Accesses.OfWrite(pattern), pattern, operation.Ticket, operation);
        }

        foreach (var pattern in latches.Shared)
        {
            _queue.Add(Access.Read, pattern, operation.Ticket, operation);
        }
    }

    private void Meet(LatchSet latches)
    {
        _met.Clear();
        foreach (var pattern in latches.Exclusive)
        {
            _queue.CollectAll(Accesses.WritesMetBy(pattern) | Access.Read, pattern, _met);
        }

        foreach (var pattern in latches.Shared)
        {
            _queue.CollectAll(Accesses.Writes, pattern, _met);
        }
    }

    private bool Blocks(Operation other, Operation operation) =>
        other != operation
        && (other.IsRunning
            ? rules.Keep(Rule.Latches)
            : other.State == OperationState.Waiting && other.Ticket < operation.Ticket && rules.Keep(Rule.FairQueue));
}

using CoAgent.Protocol.Gates;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Latches;

/// <summary>How an operation goes from the queue to its plan and out.</summary>
internal static class OperationFlow
{
    public static void Enqueue(WorkspaceState state, Operation operation)
    {
        state.Operations.Add(operation);
        if (operation.Owner is { } owner)
        {
            owner.OperationCount++;
        }
        else
        {
            state.UnownedCount++;
        }

        state.Ready(operation);
    }

    /// <summary>Looks at an operation that may go on: its gates, its plan as things are now, its latches.</summary>
    public static void Consider(WorkspaceState state, Operation operation)
    {
        if (operation.State is OperationState.Running or OperationState.Ended || operation.BlockerCount > 0)
        {
            return;
        }

        var plan = operation switch
        {
            CallOperation call => Admission.Admit(state, call),
            RemovalOperation removal => Removal.Plan(state, removal),
            RecheckOperation recheck => ReorderPlanner.PlanRecheck(state, recheck.Request),
            ReleaseOperation release => QuarantineRelease.Plan(state, release),
            _ => throw new InvariantException("an operation is of one of four kinds"),
        };
        if (plan is null || !state.Latches.Request(operation, plan.Latches))
        {
            return;
        }

        operation.Run = new ReorderRun(state, operation, plan);
        if (operation is CallOperation { Call: var running })
        {
            running.State = CallState.Executing;
        }
        else if (operation is ReleaseOperation released)
        {
            QuarantineRelease.Release(state, released.Release);
        }

        if (operation.Run.Advance())
        {
            Complete(state, operation);
        }
    }

    /// <summary>Ends an operation whose plan is over.</summary>
    public static void Complete(WorkspaceState state, Operation operation)
    {
        Invariant.Require(operation.Run is not null, "what is completed has run");
        var changed = operation.Run.Consequences.Publish();
        switch (operation)
        {
            case CallOperation call:
                Invariant.Require(operation.Run.Result is not null, "a plan that puts a call in knows what became of it");
                Admission.End(state, call, operation.Run.Result, changed);
                break;
            case RemovalOperation removal:
                Removal.End(state, removal, changed);
                break;
            case RecheckOperation or ReleaseOperation:
                Leave(state, operation);
                break;
        }
    }

    /// <summary>Takes an operation out of the queue and lets those go on who waited for it.</summary>
    public static void Leave(WorkspaceState state, Operation operation)
    {
        foreach (var waiter in state.Latches.Release(operation))
        {
            state.Ready(waiter);
        }

        state.Operations.Remove(operation);
        if (operation.Owner is { } owner)
        {
            owner.OperationCount--;
            ReadyParked(state, owner);
        }
        else
        {
            state.UnownedCount--;
            ReadyLowest(state);
        }
    }

    /// <summary>Looks again at the calls that stand aside for lower ranks, where there are none left.</summary>
    public static void ReadyLowest(WorkspaceState state)
    {
        if (state.Order.Lowest is { } lowest)
        {
            ReadyParked(state, state.Transactions[lowest.Id]);
        }
    }

    /// <summary>Looks again at the calls of a transaction that stand aside.</summary>
    public static void ReadyParked(WorkspaceState state, TransactionState transaction)
    {
        foreach (var parked in transaction.Parked)
        {
            state.Ready(parked);
        }
    }
}

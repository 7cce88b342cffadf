using System.Collections.Immutable;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Gates;

/// <summary>A call's way in and out: its place, its gates, its answer (protocol.md, section 3).</summary>
internal static class Admission
{
    public static void Propose(WorkspaceState state, Input.Propose proposal)
    {
        var (id, transactionId, declaration) = proposal;
        Invariant.Require(!state.Calls.ContainsKey(id), "a call's id is new in the workspace");
        var transaction = state.Transactions.GetValueOrDefault(transactionId);
        if (transaction is not { IsOpen: true })
        {
            Refuse(state, id, new Refusal.NotOpen());
        }
        else if (LimitReached(state, declaration) is { } limit)
        {
            Refuse(state, id, limit);
        }
        else
        {
            NoticeSettlement.Confirm(state, transaction);
            var call = new Call(id, transaction, transaction.NextPosition(), declaration) { ProposedAt = state.StepNumber };
            var operation = new CallOperation(call) { Ticket = state.NextTicket() };
            state.Calls.Add(id, call);
            transaction.Add(call);
            state.OpenCalls.Add(id, operation);
            OperationFlow.Enqueue(state, operation);
        }
    }

    /// <summary>Drops a call that has not begun; one with a receipt is a promise and stays.</summary>
    public static void Cancel(WorkspaceState state, Input.Cancel cancel)
    {
        if (state.OpenCalls.TryGetValue(cancel.Call, out var operation)
            && operation is { IsRunning: false, Call.IsDeferred: false })
        {
            Drop(state, operation);
        }
    }

    /// <summary>Ends a call that has not begun.</summary>
    public static void Drop(WorkspaceState state, CallOperation operation) =>
        End(state, operation, new CallResult.Cancelled(), []);

    /// <summary>Passes a call through its gates, and plans it.</summary>
    /// <returns>The plan; null when the call is answered, or stands aside.</returns>
    public static ReorderPlan? Admit(WorkspaceState state, CallOperation operation)
    {
        var call = operation.Call;
        if (IrreversibleGate.IsClosed(state, call) && call.IsDeferred)
        {
            StandAside(state, operation);
            return null;
        }

        if (PremiseGate.IsClosed(state, call))
        {
            End(state, operation, new CallResult.Gated(), []);
            return null;
        }

        if (IrreversibleGate.IsClosed(state, call) || IsBehindOwn(state, operation))
        {
            StandAside(state, operation);
            return null;
        }

        if (operation.State == OperationState.Parked)
        {
            operation.State = OperationState.Waiting;
            call.Transaction.Parked.Remove(operation);
        }

        return Plan(state, operation);
    }

    /// <summary>Ends a call: what is placed stays, anything else is forgotten; then its agent is answered.</summary>
    public static void End(
        WorkspaceState state, CallOperation operation, CallResult result, ImmutableArray<ChangedCall> changed)
    {
        var call = operation.Call;
        Invariant.Require(state.OpenCalls.Remove(call.Id), "a call is answered once");
        call.Transaction.Parked.Remove(operation);
        OperationFlow.Leave(state, operation);
        if (!call.IsPlaced)
        {
            state.Forget(call);
        }
        else if (!call.Declaration.IsRead)
        {
            NoticeSettlement.SettleDisplaced(state, call);
        }

        if (call.IsDeferred)
        {
            Deferral.Tell(state, call, result);
        }
        else
        {
            var notices = NoticeFiling.Deliver(state, call.Transaction);
            state.Emit(new Effect.Answer(call.Id, call.Position, result, notices, changed));
        }
    }

    private static void Refuse(WorkspaceState state, CallId id, Refusal refusal) =>
        state.Emit(new Effect.Answer(id, Position: null, new CallResult.Refused(refusal), [], []));

    private static Refusal.LimitReached? LimitReached(WorkspaceState state, CallDeclaration declaration)
    {
        var limits = state.Limits;
        if (state.OpenCalls.Count >= limits.OpenCallsMax)
        {
            return new Refusal.LimitReached(nameof(limits.OpenCallsMax), limits.OpenCallsMax);
        }

        if (state.Calls.Count >= limits.CallsMax)
        {
            return new Refusal.LimitReached(nameof(limits.CallsMax), limits.CallsMax);
        }

        return !declaration.IsRead && state.CapturedBytes >= limits.CapturedBytesMax
            ? new Refusal.LimitReached(nameof(limits.CapturedBytesMax), limits.CapturedBytesMax)
            : null;
    }

    /// <summary>Conflicting calls of one transaction execute in the order in which they were made.</summary>
    private static bool IsBehindOwn(WorkspaceState state, CallOperation operation) =>
        operation.Call.Transaction.Parked.Count > 0
        && operation.Call.Declaration.View != ReadView.Live
        && state.Rules.Keep(Rule.OwnOrder)
        && state.Latches.IsBehindParked(operation);

    private static void StandAside(WorkspaceState state, CallOperation operation)
    {
        if (operation.State == OperationState.Parked)
        {
            return;
        }

        var call = operation.Call;
        foreach (var waiter in state.Latches.Park(operation))
        {
            state.Ready(waiter);
        }

        call.State = CallState.Held;
        call.Transaction.Parked.Add(operation);
        if (call.IsDeferred)
        {
            return; // it was promised before
        }

        if (call.Declaration.IsIrreversible && state.Options.Irreversible == IrreversibleMode.Defer)
        {
            Deferral.Promise(state, call);
        }
        else
        {
            state.Emit(new Effect.Held(call.Id, state.Order.RanksBefore(call.Position.Rank)));
        }
    }

    private static ReorderPlan? Plan(WorkspaceState state, CallOperation operation)
    {
        var call = operation.Call;
        switch (ReorderPlanner.Plan(state, call))
        {
            case PlanDecision.Planned(var plan):
                return plan;
            case PlanDecision.Refused(var refusal):
                End(state, operation, new CallResult.Refused(refusal), []);
                return null;
            default:
                throw new InvariantException("a plan is made or refused");
        }
    }
}

using System.Collections.Immutable;
using CoAgent.Protocol.Finishing;
using CoAgent.Protocol.Gates;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>Takes calls out of the past: an agent's undo, an operator's, an abort (protocol.md, section 6).</summary>
internal static class Removal
{
    public static void Undo(WorkspaceState state, Input.Undo undo)
    {
        var by = undo.By is { } id ? state.Transactions.GetValueOrDefault(id) : null;
        if (undo.By is not null && by is not { IsOpen: true })
        {
            var nothing = undo.Calls.Select(call => new UndoneCall(call, UndoFate.NotFound));
            state.Emit(new Effect.UndoAnswered(undo.Request, [.. nothing], [], [], []));
            return;
        }

        if (by is not null)
        {
            NoticeSettlement.Confirm(state, by);
        }

        var owner = by ?? OwnerOf(state, undo.Calls);
        OperationFlow.Enqueue(state, new RemovalOperation(undo.Request, owner, by, undo.Calls) { Ticket = state.NextTicket() });
    }

    /// <summary>Ends a transaction's calls that have not begun; the rest is taken back when those that run are over.</summary>
    public static void Abort(WorkspaceState state, Input.Abort abort)
    {
        if (!state.Transactions.TryGetValue(abort.Transaction, out var transaction) || transaction.Abort is not null)
        {
            state.Emit(new Effect.AbortAnswered(abort.Request, [], IsKnown: false));
            return;
        }

        transaction.Abort = abort.Request;
        FinishGate.Refuse(state, transaction);
        foreach (var open in state.OpenCalls.Values.Where(open => open.Owner == transaction && !open.IsRunning).ToArray())
        {
            Admission.Drop(state, open);
        }

        state.Aborting.Add(transaction);
    }

    /// <summary>Starts the aborts whose transactions have nothing on its way any more.</summary>
    public static bool HasBegunAbort(WorkspaceState state)
    {
        var next = state.Aborting.Find(transaction => transaction.OperationCount == 0);
        if (next is null)
        {
            return false;
        }

        Invariant.Require(next.Abort is not null, "who is taken back was asked for");
        state.Aborting.Remove(next);
        ImmutableArray<CallId> calls = [.. next.Calls.Where(HasEffect).Select(call => call.Id)];
        var taken = state.Rules.Keep(Rule.AbortTakesAll) ? calls : [.. calls.TakeLast(1)];
        OperationFlow.Enqueue(
            state, new RemovalOperation(next.Abort.Value, next, by: null, taken) { IsAbort = true, Ticket = state.NextTicket() });
        return true;
    }

    /// <summary>Plans what can be taken back; when all cannot, as much from the top as can.</summary>
    /// <returns>The plan; null when there is nothing to do.</returns>
    public static ReorderPlan? Plan(WorkspaceState state, RemovalOperation removal)
    {
        var wanted = new List<Call>();
        foreach (var id in removal.Calls.Where(id => !removal.Fates.ContainsKey(id)).Distinct())
        {
            if (FateOf(state, removal, id) is { } fate)
            {
                removal.Fates[id] = fate;
            }
            else
            {
                wanted.Add(state.Calls[id]);
            }
        }

        (var plan, removal.Kept) = PlanFor(state, removal, wanted);
        if (plan is null)
        {
            End(state, removal, changed: []);
        }

        return plan;
    }

    public static void End(WorkspaceState state, RemovalOperation removal, ImmutableArray<ChangedCall> changed)
    {
        foreach (var call in removal.Run?.Plan.Remove ?? [])
        {
            removal.Fates[call.Id] = TakeOut(state, removal, call);
        }

        removal.Kept.ForEach(call => removal.Fates[call.Call] = call);
        OperationFlow.Leave(state, removal);
        ImmutableArray<UndoneCall> fates = [.. removal.Calls.Distinct().Select(id => removal.Fates[id])];
        if (removal.IsAbort)
        {
            EndAbort(state, removal, [.. fates.Reverse()]);
            return;
        }

        var notices = removal.By is { } by ? NoticeFiling.Deliver(state, by) : [];
        ImmutableArray<CallId> replayed = removal.Run is { } run ? [.. run.Consequences.Replayed] : [];
        state.Emit(new Effect.UndoAnswered(removal.Request, fates, replayed, changed, notices));
    }

    /// <summary>Goes on with what a stuck inverse has left; what only a release can free keeps the transaction from ending.</summary>
    private static void EndAbort(WorkspaceState state, RemovalOperation removal, ImmutableArray<UndoneCall> fates)
    {
        var transaction = removal.Owner;
        Invariant.Require(transaction is not null, "an abort ends a transaction");
        var isReleased = fates.Any(fate =>
            fate.Refusal is Refusal.Quarantined(var quarantine) && !state.Quarantines.Has(quarantine.Id));
        if (removal.Run?.TurnedBackBy is not null || isReleased)
        {
            var rest = new RemovalOperation(removal.Request, transaction, by: null, removal.Calls)
            {
                IsAbort = true,
                Ticket = state.NextTicket(),
            };
            foreach (var fate in fates.Where(fate => fate.Fate != UndoFate.Kept))
            {
                rest.Fates[fate.Call] = fate;
            }

            OperationFlow.Enqueue(state, rest);
            return;
        }

        if (!transaction.IsAbortAnswered)
        {
            transaction.IsAbortAnswered = true;
            state.Emit(new Effect.AbortAnswered(removal.Request, fates, IsKnown: true));
        }

        if (!fates.Any(fate => fate.Refusal is Refusal.Quarantined))
        {
            Departure.EndAborted(state, transaction, isWhole: fates.All(fate => fate.Fate != UndoFate.Kept));
        }
    }

    /// <summary>The transaction whose calls an operator names, so that it does not finish meanwhile.</summary>
    private static TransactionState? OwnerOf(WorkspaceState state, ImmutableArray<CallId> calls) =>
        calls.Select(id => state.Calls.GetValueOrDefault(id)?.Transaction).FirstOrDefault(owner => owner is not null);

    private static bool HasEffect(Call call) => call is { Declaration.IsRead: false, IsPlaced: true };

    /// <summary>What becomes of a call without a plan; null when it takes one. What has not begun is dropped on the way.</summary>
    private static UndoneCall? FateOf(WorkspaceState state, RemovalOperation removal, CallId id)
    {
        if (!state.Calls.TryGetValue(id, out var call) || (removal.By is { } by && call.Transaction != by))
        {
            return new UndoneCall(id, UndoFate.NotFound);
        }

        switch (call.State)
        {
            case CallState.Read:
                return new UndoneCall(id, UndoFate.WasRead);
            case CallState.Displaced:
                state.Forget(call);
                TellOwner(state, removal, call);
                return new UndoneCall(id, UndoFate.WasDisplaced);
            case CallState.Waiting or CallState.Held:
                Admission.Drop(state, state.OpenCalls[id]);
                return new UndoneCall(id, UndoFate.Dropped);
            default:
                return call.Declaration.IsRead ? new UndoneCall(id, UndoFate.WasRead) : null;
        }
    }

    private static (ReorderPlan? Plan, List<UndoneCall> Kept) PlanFor(
        WorkspaceState state, RemovalOperation removal, List<Call> wanted)
    {
        var kept = new List<UndoneCall>();
        if (wanted.Count == 0)
        {
            return (null, kept);
        }

        if (Decide(state, removal, [.. wanted]) is PlanDecision.Planned(var whole))
        {
            return (whole, kept);
        }

        var taken = ImmutableArray<Call>.Empty;
        ReorderPlan? plan = null;
        foreach (var call in wanted.OrderByDescending(call => call.Position))
        {
            switch (Decide(state, removal, taken.Add(call)))
            {
                case PlanDecision.Planned(var larger):
                    (taken, plan) = (taken.Add(call), larger);
                    break;
                case PlanDecision.Refused(var refusal):
                    kept.Add(new UndoneCall(call.Id, UndoFate.Kept, refusal));
                    break;
            }
        }

        return (plan, kept);
    }

    private static PlanDecision Decide(WorkspaceState state, RemovalOperation removal, ImmutableArray<Call> calls)
    {
        var first = calls.MinBy(call => call.Position);
        Invariant.Require(first is not null, "a removal takes something out");
        Rank? rank = removal.By is null && !removal.IsAbort ? null : first.Position.Rank;
        return ReorderPlanner.Plan(state, new PlanRequest(new NoticeCause(first.Id, rank)) { Remove = calls });
    }

    private static UndoneCall TakeOut(WorkspaceState state, RemovalOperation removal, Call call)
    {
        if (call.IsInPlace || call.State == CallState.Quarantined)
        {
            var quarantine = removal.Run?.TurnedBackBy;
            return new UndoneCall(
                call.Id, UndoFate.Kept, quarantine is null ? null : new Refusal.Quarantined(quarantine));
        }

        state.Trajectories.Remove(call);
        state.Forget(call);
        TellOwner(state, removal, call);
        return new UndoneCall(call.Id, UndoFate.TakenBack);
    }

    /// <summary>Tells an agent that the operator has taken a call of its back.</summary>
    private static void TellOwner(WorkspaceState state, RemovalOperation removal, Call call)
    {
        if (removal is { By: null, IsAbort: false })
        {
            NoticeFiling.File(
                state, NoticeKind.Reverted, call, about: null, now: null, new NoticeCause(call.Id, Rank: null));
        }
    }
}

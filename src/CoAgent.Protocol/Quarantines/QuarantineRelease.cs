using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Quarantines;

/// <summary>Ends a quarantine at the operator's word (protocol.md, section 6), when nothing runs on its objects.</summary>
internal static class QuarantineRelease
{
    public static void Ask(WorkspaceState state, Input.Release release)
    {
        if (state.Quarantines.Get(release.Quarantine) is null)
        {
            state.Emit(new Effect.Released(release.Request, IsKnown: false));
        }
        else
        {
            OperationFlow.Enqueue(state, new ReleaseOperation(release) { Ticket = state.NextTicket() });
        }
    }

    /// <summary>Plans the recheck of who read the objects above the call; null when somebody else has released them.</summary>
    public static ReorderPlan? Plan(WorkspaceState state, ReleaseOperation operation)
    {
        if (state.Quarantines.Get(operation.Release.Quarantine) is not { } entry)
        {
            OperationFlow.Leave(state, operation);
            state.Emit(new Effect.Released(operation.Release.Request, IsKnown: false));
            return null;
        }

        var request = new PlanRequest(CauseOf(entry.Call)) { Dirty = entry.Quarantine.Objects, DirtyAt = entry.Call.Position };
        var plan = ReorderPlanner.PlanRecheck(state, request);
        return plan with
        {
            Latches = plan.Latches with { Exclusive = [.. plan.Latches.Exclusive, .. entry.Quarantine.Objects] },
        };
    }

    public static void Release(WorkspaceState state, Input.Release release)
    {
        var entry = state.Quarantines.Get(release.Quarantine);
        Invariant.Require(entry is not null, "a release that was planned has its quarantine");
        state.Quarantines.Remove(entry.Quarantine);
        Invariant.Require(!entry.Call.IsGone, "a quarantined call stays until it is released");
        Settle(state, entry.Call, release.Verdict);
        state.Aborting.AddRange(state.Transactions.Values.Where(
            transaction => transaction.IsAbortAnswered && !state.Aborting.Contains(transaction)));
        state.Emit(new Effect.Released(release.Request, IsKnown: true));
    }

    private static void Settle(WorkspaceState state, Call call, ReleaseVerdict verdict)
    {
        if (verdict == ReleaseVerdict.TakenBack)
        {
            state.Trajectories.Remove(call);
            state.Forget(call);
            NoticeFiling.File(state, NoticeKind.Reverted, call, about: null, now: null, CauseOf(call));
            return;
        }

        call.State = CallState.Applied;
        call.IsInPlace = true;
        call.Latest = null; // what the operator left there is no answer of the tool's: a replay may leave something else
        if (call.Told is null)
        {
            NoticeFiling.File(state, NoticeKind.Result, call, about: null, now: null, CauseOf(call));
        }
    }

    /// <summary>The operator's word is nobody's rank: the call's own transaction is told as well.</summary>
    private static NoticeCause CauseOf(Call call) => new(call.Id, Rank: null);
}

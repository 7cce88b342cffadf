using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Quarantines;

/// <summary>Ends a quarantine at the operator's word (protocol.md, section 6).</summary>
internal static class QuarantineRelease
{
    public static void Release(WorkspaceState state, Input.Release release)
    {
        if (state.Quarantines.Remove(release.Quarantine) is not { } entry)
        {
            state.Emit(new Effect.Released(release.Request, IsKnown: false));
            return;
        }

        var (quarantine, call) = entry;
        var cause = new NoticeCause(call.Id, Rank: null);
        if (!call.IsGone)
        {
            Settle(state, call, release.Verdict, cause);
        }

        var request = new PlanRequest(cause) { Dirty = quarantine.Objects, DirtyAt = call.Position };
        OperationFlow.Enqueue(state, new RecheckOperation(request) { Ticket = state.NextTicket() });
        state.Aborting.AddRange(state.Transactions.Values.Where(
            transaction => transaction.IsAbortAnswered && !state.Aborting.Contains(transaction)));
        state.Emit(new Effect.Released(release.Request, IsKnown: true));
    }

    private static void Settle(WorkspaceState state, Call call, ReleaseVerdict verdict, NoticeCause cause)
    {
        if (verdict == ReleaseVerdict.TakenBack)
        {
            state.Trajectories.Remove(call);
            state.Forget(call);
            NoticeFiling.File(state, NoticeKind.Reverted, call, about: null, now: null, cause);
            return;
        }

        call.State = CallState.Applied;
        call.IsInPlace = true;
        if (call.Told is null)
        {
            NoticeFiling.File(state, NoticeKind.Result, call, about: null, now: null, cause);
        }
    }
}

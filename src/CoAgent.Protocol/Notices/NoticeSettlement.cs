using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Notices;

/// <summary>When a notice is over (protocol.md, sections 5, 6 and 11).</summary>
internal static class NoticeSettlement
{
    /// <summary>A request of the agent: it has heard what was delivered before. In acknowledge mode that settles nothing.</summary>
    public static void Confirm(WorkspaceState state, TransactionState transaction)
    {
        if (state.Options.Gate != GateMode.Acknowledge)
        {
            transaction.Notices.Confirm();
        }
    }

    public static void Resolve(WorkspaceState state, Input.Resolve resolve)
    {
        var transaction = state.Transactions.GetValueOrDefault(resolve.By);
        var result = transaction?.Notices.Find(resolve.Notice) is { } notice
            ? Settle(state, transaction, notice, resolve)
            : ResolveResult.NotFound;
        if (transaction is not null)
        {
            state.Touch(transaction);
        }

        state.Emit(new Effect.Resolved(resolve.Request, result));
    }

    public static void Redeliver(WorkspaceState state, Input.Redeliver redeliver)
    {
        if (state.Transactions.TryGetValue(redeliver.Transaction, out var transaction))
        {
            transaction.Notices.Reopen();
            state.Touch(transaction);
        }
    }

    private static ResolveResult Settle(
        WorkspaceState state, TransactionState transaction, PendingNotice notice, Input.Resolve resolve)
    {
        if (!notice.IsTold)
        {
            // What it says now is not what was decided on.
            return ResolveResult.ChangedMeanwhile;
        }

        transaction.Notices.Remove(notice);
        var asksAgain = resolve is { Decision: NoticeDecision.Keep, KeepsStaleValue: true }
            && !notice.IsAskedAgain
            && state.Rules.Keep(Rule.KeptStaleIsAskedAgain);
        if (asksAgain && notice.IsStillSaying(entry => !transaction.Notices.HasOpen(entry.Call)))
        {
            notice.IsAskedAgain = true;
            transaction.Notices.Add(notice);
            state.Emit(new Effect.NoticeFiled(notice.Tell(transaction)));
            return ResolveResult.AskedAgain;
        }

        if (notice.Kind == NoticeKind.Displaced)
        {
            foreach (var entry in notice.Entries.Where(entry => !entry.Call.IsGone).ToArray())
            {
                state.Forget(entry.Call);
            }
        }

        return ResolveResult.Settled;
    }

    /// <summary>A new write of what a displaced one wrote, made knowing of it, is its repair; another child of the same folder is not.</summary>
    public static void SettleDisplaced(WorkspaceState state, Call write)
    {
        var transaction = write.Transaction;
        if (write.State != CallState.Applied || transaction.Displaced.Count == 0)
        {
            return;
        }

        var repaired = transaction.Displaced.FindAll(displaced =>
            !transaction.Notices.HasOpen(displaced)
            && transaction.Notices.DeliveredAt < write.ProposedAt
            && displaced.Footprint.Writes.Any(lost =>
                lost.Extent != Extent.Children && write.Footprint.Writes.Any(lost.Overlaps)));
        foreach (var displaced in repaired)
        {
            state.Forget(displaced);
        }
    }
}

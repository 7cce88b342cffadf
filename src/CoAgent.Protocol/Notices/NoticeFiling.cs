using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Notices;

/// <summary>Who is told what (protocol.md, section 5): one notice for a reader and object, and it says the latest.</summary>
internal static class NoticeFiling
{
    /// <summary>Tells a call's owner that it returns something else now.</summary>
    /// <param name="state">The workspace.</param>
    /// <param name="call">The read, or the replayed write.</param>
    /// <param name="about">The object of a read; null for a write.</param>
    /// <param name="now">What it returns; null when that cannot be found out.</param>
    /// <param name="cause">The change behind it.</param>
    public static void FileChange(WorkspaceState state, Call call, ObjectPattern? about, ResultDigest? now, NoticeCause cause)
    {
        var kind = call.Declaration.IsRead ? NoticeKind.Stale : NoticeKind.Result;
        if (call.Transaction.Addressee.Notices.FindOpen(kind, call) is { } open)
        {
            if (state.Rules.Keep(Rule.LatestWins))
            {
                Update(state, open, call, now, cause);
            }
        }
        else if (now is null || now != call.Told || !state.Rules.Keep(Rule.SameValueIsSilent))
        {
            File(state, kind, call, about, now, cause);
        }
    }

    /// <summary>Tells a transaction of the fate of one of its calls, or of a change that no call of it stands for.</summary>
    public static void File(
        WorkspaceState state, NoticeKind kind, Call call, ObjectPattern? about, ResultDigest? now, NoticeCause cause)
    {
        var transaction = call.Transaction.Addressee;
        var notice = kind == NoticeKind.Stale ? transaction.Notices.FindOpen(kind, about) : null;
        if (notice is null && transaction.Notices.Count >= state.Limits.NoticesPerTransactionMax)
        {
            call.Told = null;
            FileOverflow(state, transaction, cause);
            return;
        }

        notice ??= transaction.Notices.Add(new PendingNotice(state.NextNotice(), kind, about));
        notice.Put(new PendingEntry(call, call.Told, now));
        Announce(state, transaction, notice, cause);
    }

    /// <summary>Tells a transaction that more has changed than it is told one by one.</summary>
    public static void FileOverflow(WorkspaceState state, TransactionState transaction, NoticeCause cause)
    {
        if (transaction.Notices.FindOpen(NoticeKind.Overflow, about: null) is null)
        {
            var notice = transaction.Notices.Add(new PendingNotice(state.NextNotice(), NoticeKind.Overflow, about: null));
            Announce(state, transaction, notice, cause);
        }
    }

    /// <summary>
    /// Tells every agent that is there that reads of the last moments may be forgotten: what nobody remembers is not rechecked.
    /// Of a transaction whose agent is gone, all reads came before that, and are there.
    /// </summary>
    public static void FilePowerLoss(WorkspaceState state)
    {
        foreach (var transaction in state.Transactions.Values.Where(transaction => transaction.IsOpen).OrderBy(open => open.Rank))
        {
            FileOverflow(state, transaction, NoticeCause.PowerLoss);
        }
    }

    /// <summary>Nothing that was to be told of a call matters any more.</summary>
    public static void Forget(WorkspaceState state, Call call)
    {
        foreach (var id in call.Transaction.Addressee.Notices.Forget(call))
        {
            state.Emit(new Effect.NoticeWithdrawn(id));
        }
    }

    /// <summary>Takes a call out of the open notice of a kind, because its agent is told otherwise.</summary>
    /// <returns>Whether the agent may have been given that notice already.</returns>
    public static bool Retract(WorkspaceState state, NoticeKind kind, Call call)
    {
        if (call.Transaction.Addressee.Notices.FindOpen(kind, call) is not { } notice)
        {
            return false;
        }

        var mayBeKnown = notice.EntryOf(call).MayBeKnown;
        Withdraw(state, notice, call);
        return mayBeKnown;
    }

    /// <summary>Gives a transaction's agent all that it has not been told.</summary>
    public static ImmutableArray<Notice> Deliver(WorkspaceState state, TransactionState transaction) =>
        transaction.Notices.Deliver(transaction, state.StepNumber, state.Rules.Keep(Rule.DeliveryIsKnowledge));

    private static void Update(WorkspaceState state, PendingNotice notice, Call call, ResultDigest? now, NoticeCause cause)
    {
        var entry = notice.EntryOf(call);
        var isBack = now is not null && now == entry.Was && !entry.MayBeKnown;
        if (isBack && state.Rules.Keep(Rule.SameValueIsSilent))
        {
            Withdraw(state, notice, call);
        }
        else if (now is null || now != entry.Now)
        {
            notice.Put(entry with { Now = now, Was = notice is { IsAskedAgain: true, IsTold: true } ? entry.Now : entry.Was });
            Announce(state, call.Transaction.Addressee, notice, cause);
        }
    }

    private static void Withdraw(WorkspaceState state, PendingNotice notice, Call call)
    {
        if (call.Transaction.Addressee.Notices.Withdraw(notice, call))
        {
            state.Emit(new Effect.NoticeWithdrawn(notice.Id));
        }
    }

    private static void Announce(WorkspaceState state, TransactionState transaction, PendingNotice notice, NoticeCause cause)
    {
        notice.Cause = cause;
        state.Emit(new Effect.NoticeFiled(notice.Tell(transaction)));
        state.Touch(transaction);
    }
}

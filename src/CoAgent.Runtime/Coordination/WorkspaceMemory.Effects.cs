using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <content>What follows from the protocol's effects for what is known, and how it is told.</content>
internal sealed partial class WorkspaceMemory
{
    /// <summary>The workspace as it is now.</summary>
    public WorkspaceSnapshot Snapshot() => new(
        [.. Transactions.Values.OrderBy(record => record.Transaction.Rank).Select(record => StatusOf(record))],
        [.. _ended],
        State.Order.HighestFinished,
        [.. _unattended],
        [.. Quarantines.Values.OrderBy(quarantine => quarantine.Id.Number).Select(Describe)])
    {
        LastEntry = LastEntry,
        LastRest = LastRest,
    };

    /// <summary>The calls of a transaction that are remembered, in position order.</summary>
    public ImmutableArray<CallStatus> CallsOf(TransactionId transaction) =>
    [
        .. State.CallsOf(transaction).Where(view => Calls.ContainsKey(view.Call))
            .Select(view => new CallStatus(Calls[view.Call].Call, view.Position, WordFor(view.State))),
    ];

    /// <summary>A notice with what it takes to tell it.</summary>
    public ToldNotice Tell(Notice notice) => new(
        notice,
        [.. notice.Entries.Select(entry => Tell(entry.Call, entry.Was, entry.Now))],
        notice.Cause.Call is { } cause ? Calls.GetValueOrDefault(cause)?.Call : null,
        [.. notice.Candidates.Where(Calls.ContainsKey).Select(candidate => Calls[candidate].Call)])
    {
        Reason = notice.IsAskedAgain ? Transactions.GetValueOrDefault(notice.Transaction)?.Reasons.GetValueOrDefault(notice.Id) : null,
    };

    public ImmutableArray<ToldNotice> Tell(ImmutableArray<Notice> notices) =>
        notices.IsEmpty ? [] : [.. notices.Select(Tell)];

    /// <summary>What a transaction's agent may not have heard of its own calls; it is told now, and kept until that is confirmed.</summary>
    public ImmutableArray<ToldChange> TellLostChanges(TransactionId transaction)
    {
        if (!Transactions.TryGetValue(transaction, out var record) || record.LostChanges.Count == 0)
        {
            return [];
        }

        ImmutableArray<ToldChange> told = [.. record.LostChanges.Select(Tell)];
        record.ToldChanges.AddRange(record.LostChanges);
        record.LostChanges.Clear();
        return told;
    }

    public ToldChange Tell(ChangedCall changed) => new(Tell(changed.Call, changed.Was, changed.Now), changed.IsOut);

    private ToldEntry Tell(CallId call, ResultDigest? was, ResultDigest? now)
    {
        var record = Calls.GetValueOrDefault(call);
        var objects = record?.Footprint is { } footprint ? (footprint.IsRead ? footprint.Reads : footprint.Writes) : [];
        return new ToldEntry(record?.Call, call, Results.Find(was), Results.Find(now)) { Objects = objects };
    }

    private void Note(Effect effect, DateTimeOffset at)
    {
        switch (effect)
        {
            case Effect.World world:
                Out.Add(world.Id, (world, IsPrepared: false));
                Calls[world.Call].OutCount++;
                break;
            case Effect.Began { IsNew: true } began:
                Transactions.Add(
                    began.Transaction.Id, new TransactionRecord(began.Transaction, at) { TouchedAt = time.GetTimestamp() });
                break;
            case Effect.Answer answer:
                Close(Calls[answer.Call], answer.Result);
                NoteChanges(answer.Changed);
                break;
            case Effect.UndoAnswered undone:
                NoteChanges(undone.Changed);
                break;
            case Effect.Quarantined(var quarantine):
                Quarantines.Add(quarantine.Id, quarantine);
                break;
            case Effect.Released released when _releases.Remove(released.Request, out var id):
                Quarantines.Remove(id);
                break;
            case Effect.Folded folded:
                Note(folded, at);
                break;
        }
    }

    /// <summary>What own calls have changed is told once, in an answer that may not arrive.</summary>
    private void NoteChanges(ImmutableArray<ChangedCall> changes)
    {
        foreach (var change in changes)
        {
            if (Calls.TryGetValue(change.Call, out var record) && Transactions.TryGetValue(record.Transaction.Id, out var of))
            {
                of.ToldChanges.Add(change);
            }
        }
    }

    private void Close(CallRecord record, CallResult result)
    {
        record.IsOpen = false;
        if (Transactions.TryGetValue(record.Transaction.Id, out var of))
        {
            of.OpenCallCount--;
            of.TouchedAt = time.GetTimestamp();
        }

        // Nothing can follow from a call that was not made.
        if (result is CallResult.Gated or CallResult.NotDone or CallResult.Cancelled or CallResult.Refused)
        {
            record.IsFolded = true;
            of?.Calls.Remove(record.Call.Id);
            Forget(record);
        }
    }

    private void Note(Effect.Folded folded, DateTimeOffset at)
    {
        foreach (var notice in folded.Open)
        {
            _unattended.Enqueue(Tell(notice));
            Shorten(_unattended, options.ShownUnattendedMax);
        }

        foreach (var lapsed in _lapsed.Where(id => !State.Remembers(id)).ToArray())
        {
            _lapsed.Remove(lapsed);
            Leave(lapsed);
        }

        if (Transactions.Remove(folded.Transaction.Id, out var record))
        {
            record.Calls.ForEach(Leave);
            _ended.Enqueue(StatusOf(record) with { Stage = record.EndsAs, EndedAt = at, RanksBefore = [], OpenNotices = [] });
            Shorten(_ended, options.ShownEndedMax);
        }
    }

    /// <summary>A call's transaction has ended: what its agent had read may be asked for again when it comes back.</summary>
    private void Leave(CallId id)
    {
        if (State.Remembers(id))
        {
            _lapsed.Add(id);
        }
        else
        {
            Calls[id].IsFolded = true;
            Forget(Calls[id]);
        }
    }

    private static void Shorten<T>(Queue<T> queue, int max)
    {
        if (queue.Count > max)
        {
            queue.Dequeue();
        }
    }

    private TransactionStatus StatusOf(TransactionRecord record) => new(
        record.Transaction,
        record.Stage,
        record.CallCount,
        record.OpenCallCount,
        record.StartedAt,
        EndedAt: null,
        State.Order.RanksBefore(record.Transaction.Rank),
        Tell(State.NoticesOf(record.Transaction.Id)));

    private QuarantineStatus Describe(Quarantine quarantine) =>
        new(quarantine, Calls.GetValueOrDefault(quarantine.Call)?.Call, Calls.GetValueOrDefault(quarantine.Call)?.Reason);

    private static string WordFor(CallState state) => state switch
    {
        CallState.Waiting or CallState.Executing => "open",
        CallState.Held => "held",
        CallState.Applied => "applied",
        CallState.Failed => "failed",
        CallState.Read => "read",
        CallState.Displaced => "displaced",
        CallState.Quarantined => "unknown",
        _ => throw new InvalidOperationException($"Nobody has a word for {state}."),
    };
}

using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Notices;

/// <summary>The notices of one transaction: those that its agent has not been given, and those given and not settled.</summary>
internal sealed class NoticeBook
{
    private readonly List<PendingNotice> _open = [];
    private readonly List<PendingNotice> _delivered = [];

    /// <summary>Not given yet.</summary>
    public IReadOnlyList<PendingNotice> Open => _open;

    /// <summary>Given, and not confirmed or settled.</summary>
    public IReadOnlyList<PendingNotice> Delivered => _delivered;

    public int Count => _open.Count + _delivered.Count;

    /// <summary>The step of the latest delivery; 0 before the first.</summary>
    public long DeliveredAt { get; private set; }

    public PendingNotice Add(PendingNotice notice)
    {
        _open.Add(notice);
        return notice;
    }

    /// <summary>The open notice of a kind on an object; of kinds without object, any.</summary>
    public PendingNotice? FindOpen(NoticeKind kind, ObjectPattern? about) =>
        _open.Find(notice => notice.Kind == kind && notice.About == about);

    /// <summary>The open notice of a kind that speaks of a call.</summary>
    public PendingNotice? FindOpen(NoticeKind kind, Call call) =>
        _open.Find(notice => notice.Kind == kind && notice.Speaks(call));

    public bool HasOpen(Call call) => _open.Exists(notice => notice.Speaks(call));

    /// <summary>Takes a call out of an open notice.</summary>
    /// <returns>Whether the notice is void now.</returns>
    public bool Withdraw(PendingNotice notice, Call call)
    {
        notice.Remove(call);
        return notice.Entries.Count == 0 && _open.Remove(notice);
    }

    /// <summary>Takes a call out of all notices.</summary>
    /// <returns>The notices that are void now.</returns>
    public ImmutableArray<NoticeId> Forget(Call call)
    {
        if (Count == 0)
        {
            return [];
        }

        foreach (var notice in _open.Concat(_delivered))
        {
            notice.Remove(call);
        }

        ImmutableArray<NoticeId> ended = [.. _open.Concat(_delivered).Where(IsVoid).Select(notice => notice.Id)];
        _open.RemoveAll(IsVoid);
        _delivered.RemoveAll(IsVoid);
        return ended;
    }

    /// <summary>Gives every open notice: what it says is what the agent knows from now on.</summary>
    public ImmutableArray<Notice> Deliver(TransactionState transaction, long step, bool isKnowledge)
    {
        if (_open.Count == 0)
        {
            return [];
        }

        DeliveredAt = step;
        var told = _open.ConvertAll(notice => notice.Tell(transaction));
        _open.ForEach(notice => notice.IsTold = true);
        if (isKnowledge)
        {
            _open.ForEach(notice => notice.BecomeKnown());
        }

        _delivered.AddRange(_open);
        _open.Clear();
        return [.. told];
    }

    /// <summary>The agent has heard what was delivered.</summary>
    public void Confirm() => _delivered.Clear();

    /// <summary>What was delivered may be lost: it is open again, but for what a later notice says of the same call.</summary>
    public void Reopen()
    {
        for (var i = _delivered.Count - 1; i >= 0; i--)
        {
            var notice = _delivered[i];
            foreach (var entry in notice.Entries.ToArray())
            {
                if (_open.Find(later => later.Speaks(entry.Call)) is { } later)
                {
                    later.Precede(entry);
                    notice.Remove(entry.Call);
                }
            }

            notice.BecomeUncertain();
            if (!IsVoid(notice))
            {
                _open.Insert(0, notice);
            }
        }

        _delivered.Clear();
    }

    /// <summary>The notice of that name, open or delivered; null when there is none.</summary>
    public PendingNotice? Find(NoticeId id) =>
        _open.Find(open => open.Id == id) ?? _delivered.Find(delivered => delivered.Id == id);

    public void Remove(PendingNotice notice)
    {
        _open.Remove(notice);
        _delivered.Remove(notice);
    }

    /// <summary>Takes over the notices of a book whose agent goes on here.</summary>
    public void TakeOver(NoticeBook other)
    {
        _open.AddRange(other._open.Where(notice => notice.Kind != NoticeKind.Stale));
        other._open.Clear();
        other._delivered.Clear();
    }

    private static bool IsVoid(PendingNotice notice) => notice.Entries.Count == 0 && notice.Kind != NoticeKind.Overflow;
}

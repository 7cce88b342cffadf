using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Notices;

/// <summary>A notice that is not settled.</summary>
internal sealed class PendingNotice(NoticeId id, NoticeKind kind, ObjectPattern? about)
{
    /// <summary>How many candidates for repair a notice names: the latest.</summary>
    public const int CandidatesMax = 100;

    private readonly List<PendingEntry> _entries = [];

    public NoticeId Id { get; } = id;

    public NoticeKind Kind { get; } = kind;

    public ObjectPattern? About { get; } = about;

    public NoticeCause Cause { get; set; }

    public bool IsAskedAgain { get; set; }

    /// <summary>Whether the agent was given it as it is now.</summary>
    public bool IsTold { get; set; }

    /// <summary>The calls that it speaks of, oldest first.</summary>
    public IReadOnlyList<PendingEntry> Entries => _entries;

    public bool Speaks(Call call) => _entries.Exists(entry => entry.Call == call);

    public PendingEntry EntryOf(Call call) => _entries.Find(entry => entry.Call == call);

    public void Put(PendingEntry entry)
    {
        IsTold = false;
        Remove(entry.Call);
        var at = _entries.FindIndex(other => other.Call.Position > entry.Call.Position);
        _entries.Insert(at < 0 ? _entries.Count : at, entry);
    }

    public void Remove(Call call) => _entries.RemoveAll(entry => entry.Call == call);

    public void BecomeKnown()
    {
        if (Kind is NoticeKind.Stale or NoticeKind.Result)
        {
            _entries.ForEach(entry => entry.Call.Told = entry.Now);
        }
    }

    /// <summary>Makes it say what was told last, of the calls of which nothing newer is to be told.</summary>
    /// <returns>Whether it has anything to say then.</returns>
    public bool IsStillSaying(Predicate<PendingEntry> isLatest)
    {
        _entries.RemoveAll(entry => !isLatest(entry));
        for (var i = 0; i < _entries.Count; i++)
        {
            var now = Kind is NoticeKind.Stale or NoticeKind.Result ? _entries[i].Call.Told : _entries[i].Now;
            _entries[i] = _entries[i] with { Now = now, MayBeKnown = true };
        }

        return _entries.Count > 0;
    }

    /// <summary>Takes note that an earlier notice of a call may not have arrived: its agent may know what it says, or what was before.</summary>
    public void Precede(PendingEntry earlier)
    {
        var at = _entries.FindIndex(entry => entry.Call == earlier.Call);
        _entries[at] = _entries[at] with { Was = earlier.Was, MayBeKnown = true };
    }

    /// <summary>It was told, and may not have arrived.</summary>
    public void BecomeUncertain()
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            _entries[i] = _entries[i] with { MayBeKnown = true };
        }
    }

    public Notice Tell(TransactionState transaction) => new(
        Id,
        Kind,
        transaction.Id,
        About,
        [.. _entries.Select(entry => new NoticeEntry(entry.Call.Id, entry.Was, entry.Now))],
        Cause,
        _entries.Count == 0 ? [] : Candidates(transaction, _entries[0].Call),
        IsAskedAgain);

    /// <summary>The transaction's writes after a call that are in place, the latest of them when there are many.</summary>
    private static ImmutableArray<CallId> Candidates(TransactionState transaction, Call after)
    {
        var found = new List<CallId>();
        for (var i = transaction.Calls.Count - 1; i >= 0 && found.Count < CandidatesMax; i--)
        {
            var call = transaction.Calls[i];
            if (call.Position <= after.Position)
            {
                break;
            }

            if (call.State is CallState.Applied or CallState.Failed)
            {
                found.Add(call.Id);
            }
        }

        found.Reverse();
        return [.. found];
    }
}

/// <summary>One call of a pending notice.</summary>
/// <param name="Call">The call.</param>
/// <param name="Was">What its agent was told; null when that is not known.</param>
/// <param name="Now">What it would be told now; null when that cannot be found out.</param>
/// <param name="MayBeKnown">Whether the agent may have been given it already: then it is told again whatever comes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PendingEntry(Call Call, ResultDigest? Was, ResultDigest? Now, bool MayBeKnown = false);

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>What a plan means for the agents whose calls it met; they are told when it is over, all at once.</summary>
internal sealed class Consequences(WorkspaceState state, NoticeCause cause)
{
    private readonly List<Consequence> _all = [];

    /// <summary>The calls that were executed again.</summary>
    public List<CallId> Replayed { get; } = [];

    /// <summary>A call was compared with what its agent was told.</summary>
    /// <param name="call">The read, or the replayed write.</param>
    /// <param name="about">The object of a read in which a change shows; null for a write.</param>
    /// <param name="now">What it returns; null when that cannot be found out.</param>
    public void Change(Call call, ObjectPattern? about, ResultDigest? now) =>
        _all.Add(new Consequence(call, call.Declaration.IsRead ? NoticeKind.Stale : NoticeKind.Result, about, now));

    /// <summary>A call could not be replayed: it is out of its trajectories until its owner sees to it.</summary>
    public void Displace(Call call, ResultDigest? error)
    {
        state.Trajectories.Remove(call);
        state.Captured(call, bytes: 0);
        call.IsInPlace = false;
        call.State = CallState.Displaced;
        _all.Add(new Consequence(call, NoticeKind.Displaced, About: null, error));
    }

    /// <summary>It is not known whether a call's effect is there: what it wrote is quarantined and its owner told.</summary>
    public Quarantine Quarantine(Call call, QuarantineReason reason)
    {
        var kind = reason == QuarantineReason.OutsideWrite ? NoticeKind.Outside : NoticeKind.Result;
        _all.Add(new Consequence(call, kind, About: null, Now: null));
        return Quarantined(call, reason);
    }

    /// <summary>The same of a call that was in no trajectory yet; its answer tells its owner.</summary>
    public Quarantine QuarantineNew(Call call, QuarantineReason reason)
    {
        var quarantine = Quarantined(call, reason);
        state.Trajectories.Add(call);
        return quarantine;
    }

    /// <summary>Tells the agents.</summary>
    /// <returns>What concerns the cause's own transaction: that is told in its answer, because a notice only goes upward.</returns>
    public ImmutableArray<ChangedCall> Publish()
    {
        if (_all.Count == 0)
        {
            return [];
        }

        var own = ImmutableArray.CreateBuilder<ChangedCall>();
        foreach (var (call, kind, about, now) in _all.Where(one => !one.Call.IsGone))
        {
            if (kind == NoticeKind.Outside)
            {
                NoticeFiling.Forget(state, call);
                NoticeFiling.File(state, kind, call, about, now, NoticeCause.Outside);
            }
            else if (call.Transaction.Rank == cause.Rank && state.Rules.Keep(Rule.OneWay))
            {
                TellOwn(call, kind, now, own);
            }
            else if (kind == NoticeKind.Displaced)
            {
                call.Transaction.Displaced.Add(call);
                NoticeFiling.Forget(state, call);
                NoticeFiling.File(state, kind, call, about, now, cause);
            }
            else
            {
                NoticeFiling.FileChange(state, call, about, now, cause);
            }
        }

        return own.ToImmutable();
    }

    private void TellOwn(Call call, NoticeKind kind, ResultDigest? now, ImmutableArray<ChangedCall>.Builder own)
    {
        // What the answer says needs no notice, and what it does not say is as the agent knows it.
        var mayKnowMore = NoticeFiling.Retract(state, kind, call);
        if (kind is NoticeKind.Stale or NoticeKind.Result && now is not null && now == call.Told && !mayKnowMore)
        {
            return;
        }

        own.Add(new ChangedCall(call.Id, call.Told, now, kind == NoticeKind.Displaced));
        call.Told = now;
        if (kind == NoticeKind.Displaced)
        {
            state.Forget(call);
        }
    }

    private Quarantine Quarantined(Call call, QuarantineReason reason)
    {
        call.State = CallState.Quarantined;
        call.IsInPlace = false;
        var quarantine = state.Quarantines.Add(call, reason);
        state.Emit(new Effect.Quarantined(quarantine));
        return quarantine;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Consequence(Call Call, NoticeKind Kind, ObjectPattern? About, ResultDigest? Now);
}

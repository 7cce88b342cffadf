using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Runtime.History;

/// <content>What is promised, looked at in each effect.</content>
public sealed partial class JournalVerifier
{
    private void LookAt(Effect effect)
    {
        switch (effect)
        {
            case Effect.World world:
                LookAtWorld(world);
                break;
            case Effect.Began { IsNew: true, Transaction: var transaction }:
                Require(_transactions.TryAdd(transaction.Id, transaction), "ids", call: null, $"transaction {transaction.Id} began twice");
                _active[transaction.Id] = transaction;
                break;
            case Effect.Folded folded:
                _active.Remove(folded.Transaction.Id);
                break;
            case Effect.NoticeFiled(var notice):
                LookAtNotice(notice);
                break;
            case Effect.NoticeWithdrawn(var notice):
                _notices.Remove(notice);
                break;
            case Effect.Answer answer:
                LookAtAnswer(answer);
                break;
            case Effect.UndoAnswered undone:
                TakeBack(undone.Calls);
                Change(undone.Changed);
                Deliver(undone.Notices);
                break;
            case Effect.AbortAnswered aborted:
                TakeBack(aborted.Calls);
                break;
            case Effect.FinishAnswered { Result: FinishResult.Waiting waiting }:
                Deliver(waiting.Notices);
                break;
        }
    }

    private void LookAtWorld(Effect.World world)
    {
        Require(world.Id.Number > _lastEffect, "ids", world.Call, $"effect {world.Id.Number} was named before");
        _lastEffect = Math.Max(_lastEffect, world.Id.Number);
        var call = _calls[world.Call];
        var effect = new OutEffect(world, _memory.State.PlanOf(world.Id)?.Number ?? 0, call.Declaration.Footprint);
        if (world is Effect.Execute && call.Declaration.IsIrreversible)
        {
            var lower = _active.Values.Where(one => one.Rank < call.Transaction.Rank).MinBy(static one => one.Rank);
            Require(lower is null, "I5", world.Call, $"it cannot be taken back, and was executed while {lower?.Agent} (rank {lower?.Rank}) had not finished");
        }

        if (world is not Effect.Read)
        {
            var other = _out.Values.FirstOrDefault(other => other.Plan != effect.Plan && other.Effect is not Effect.Read && Conflict(other, effect));
            Require(other is null, "latches", world.Call, $"it was on its way together with {other?.Effect.Call}, which touches the same objects");
        }

        _out[world.Id] = effect;
    }

    private static bool Conflict(OutEffect left, OutEffect right) =>
        left.Footprint.Writes.Any(write => right.Footprint.Writes.Any(other => Meet(write, other)) || right.Footprint.Reads.Any(write.Overlaps))
        || right.Footprint.Writes.Any(write => left.Footprint.Reads.Any(write.Overlaps));

    /// <summary>Two writes of one listing do not meet (docs/decisions/0008).</summary>
    private static bool Meet(ObjectPattern left, ObjectPattern right) =>
        left.Overlaps(right) && (left.Extent != Extent.Children || right.Extent != Extent.Children);

    private void LookAtNotice(Notice notice)
    {
        _notices[notice.Id] = notice;
        var told = _transactions[notice.Transaction];
        Require(
            notice.Cause.Rank is not { } rank || rank < told.Rank,
            "I3", notice.Cause.Call, $"because of it (rank {notice.Cause.Rank}) {notice.Id} went to {told.Agent} (rank {told.Rank})");
        if (notice.Kind is NoticeKind.Displaced or NoticeKind.Reverted or NoticeKind.Outside)
        {
            TakeBack(notice.Entries.Select(static entry => entry.Call));
        }
    }

    private void LookAtAnswer(Effect.Answer answer)
    {
        if (_calls.TryGetValue(answer.Call, out var call))
        {
            (call.Told, call.IsPromised) = answer.Result switch
            {
                CallResult.Applied(var result) => (result, true),
                CallResult.Failed(var error) => (error, true),
                CallResult.Read(var result, _) => (result, false),
                _ => ((ResultDigest?)null, false),
            };
        }

        Change(answer.Changed);
        Deliver(answer.Notices);
    }

    /// <summary>What a notice says is what its agent knows from then on.</summary>
    private void Deliver(ImmutableArray<Notice> notices)
    {
        foreach (var notice in notices)
        {
            _notices[notice.Id] = notice;
            foreach (var entry in notice.Entries.Where(_ => notice.Kind is NoticeKind.Stale or NoticeKind.Result))
            {
                if (_calls.TryGetValue(entry.Call, out var call))
                {
                    call.Told = entry.Now;
                }
            }
        }
    }

    private void Change(ImmutableArray<ChangedCall> changed)
    {
        foreach (var own in changed)
        {
            if (_calls.TryGetValue(own.Call, out var call))
            {
                call.Told = own.Now;
                call.IsTakenBack |= own.IsOut;
            }
        }
    }

    private void TakeBack(ImmutableArray<UndoneCall> calls) =>
        TakeBack(calls.Where(static call => call.Fate is not UndoFate.Kept).Select(static call => call.Call));

    private void TakeBack(IEnumerable<CallId> calls)
    {
        foreach (var id in calls)
        {
            if (_calls.TryGetValue(id, out var call))
            {
                call.IsTakenBack = true;
            }
        }
    }

    /// <summary>Once a plan is over, what its calls answered anew is what their agents were told, or is in a notice.</summary>
    private void LookAtPlansThatAreOver()
    {
        if (_compared.Count == 0)
        {
            return;
        }

        foreach (var (plan, compared) in _compared.Where(pair => _out.Values.All(one => one.Plan != pair.Key)).ToArray())
        {
            _compared.Remove(plan);
            foreach (var (id, now) in compared)
            {
                Require(!_calls.TryGetValue(id, out var call) || IsTold(id, call, now), "I4", id, "it returns something else, and its agent is not told");
            }
        }
    }

    private bool IsTold(CallId id, CheckedCall call, ResultDigest now) =>
        call.Told is null || call.Told == now || call.IsTakenBack
        || _aborting.Contains(call.Transaction.Id) || !_memory.State.Remembers(id)
        || _notices.Values.Any(notice => notice.Kind == NoticeKind.Overflow
            ? notice.Transaction == call.Transaction.Id
            : notice.Entries.Any(entry => entry.Call == id
                && (entry.Now is null || entry.Now == now || notice.Kind is not (NoticeKind.Stale or NoticeKind.Result))));

    /// <summary>Where the journal ends, each call that was told as applied is there, or was told otherwise.</summary>
    private void LookAtEnd()
    {
        var there = _active.Keys.SelectMany(id => _memory.State.CallsOf(id)).ToDictionary(static view => view.Call, static view => view.State);
        foreach (var (id, call) in _calls.Where(static pair => pair.Value is { IsPromised: true, IsTakenBack: false }))
        {
            if (_active.ContainsKey(call.Transaction.Id))
            {
                var isThere = there.TryGetValue(id, out var state)
                    && state is CallState.Applied or CallState.Failed or CallState.Displaced or CallState.Quarantined;
                Require(isThere, "I6", id, $"its agent was told that it is applied, and it is {(there.ContainsKey(id) ? $"{state}" : "not there")}");
            }
        }
    }
}

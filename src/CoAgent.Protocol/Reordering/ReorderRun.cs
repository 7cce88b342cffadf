using System.Collections.Immutable;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>A plan on its way: one effect at a time, under all its latches.</summary>
/// <remarks>
/// <code>
///  unwind (highest first)      forward (lowest first)                                   end
///  ─────────────────────▶ ┌─ insert: execute, or read ───────────────┐
///   inverse of each        │  replay: execute again; or displace      │ ──▶ notices, latches, answer
///   a stuck inverse:       │  reread: where a change shows; compare   │
///   turn back, no insert   └──────────────────────────────────────────┘
/// </code>
/// A fault at any effect leaves the plan at a place from which the way forward is the same: what was unwound is put back,
/// or displaced where it cannot be.
/// </remarks>
internal sealed class ReorderRun
{
    private readonly WorkspaceState _state;
    private readonly ReorderPlan _plan;
    private readonly Dirt _dirt = new();
    private readonly Consequences _consequences;
    private int _unwound;
    private int _passed;
    private Inversion? _inversion;
    private Attempt? _attempt;

    public ReorderRun(WorkspaceState state, Operation operation, ReorderPlan plan)
    {
        _state = state;
        _plan = plan;
        Operation = operation;
        _consequences = new Consequences(state, plan.Cause);
        _dirt.Add(plan.Dirty);
    }

    public Operation Operation { get; }

    /// <summary>What became of the call that was put in; null until it is known, or when none was.</summary>
    public CallResult? Result { get; private set; }

    /// <summary>What its agents are told when it ends.</summary>
    public Consequences Consequences => _consequences;

    /// <summary>The plan.</summary>
    public ReorderPlan Plan => _plan;

    /// <summary>What stopped it on the way down; null when nothing did.</summary>
    public Quarantine? TurnedBackBy { get; private set; }

    /// <summary>Begins, or goes on after an outcome, until the next effect is out or the plan is over.</summary>
    /// <returns>Whether the plan is over.</returns>
    public bool Advance()
    {
        if (_inversion is not null || _attempt is not null)
        {
            return false;
        }

        for (; TurnedBackBy is null && _unwound < _plan.Unwind.Length; _unwound++)
        {
            if (_plan.Unwind[_unwound] is { IsInPlace: true } call)
            {
                _inversion = new Inversion(_state, this, call);
                _inversion.Begin();
                return false;
            }
        }

        while (_passed < _plan.Forward.Length)
        {
            if (!IsPassed(_plan.Forward[_passed]))
            {
                return false;
            }

            _passed++;
        }

        return true;
    }

    /// <summary>Takes the outcome of the effect that is out.</summary>
    /// <returns>Whether the plan is over.</returns>
    public bool Take(Outcome outcome)
    {
        if (_inversion is not null)
        {
            TakeInversion(_inversion, outcome);
        }
        else if (_attempt is null)
        {
            TakeRead(_plan.Forward[_passed], outcome);
            _passed++;
        }
        else if (_attempt.Take(outcome) is { } verdict)
        {
            _attempt = null;
            Conclude(_plan.Forward[_passed], verdict);
            _passed++;
        }

        return Advance();
    }

    private void TakeInversion(Inversion inversion, Outcome outcome)
    {
        if (!inversion.IsOver(outcome, out var reason))
        {
            return;
        }

        _inversion = null;
        inversion.Call.IsInPlace = false;
        if (reason is { } stuck)
        {
            TurnedBackBy = _consequences.Quarantine(inversion.Call, stuck);
        }
    }

    /// <summary>Deals with one place on the way up.</summary>
    /// <returns>Whether that needed no effect.</returns>
    private bool IsPassed(PlanStep step) => step.Kind switch
    {
        PlanStepKind.Insert => IsInsertPassed(step.Call),
        PlanStepKind.Removed => IsRemovedPassed(step.Call),
        PlanStepKind.Replay => IsReplayPassed(step.Call),
        PlanStepKind.Reread => IsRereadPassed(step.Call),
        _ => throw new InvariantException("a place on the way up is one of four kinds"),
    };

    private bool IsInsertPassed(Call call)
    {
        if (TurnedBackBy is { } quarantine)
        {
            Result = new CallResult.Refused(new Refusal.Quarantined(quarantine));
            return true;
        }

        if (call.Declaration.IsRead)
        {
            Read(call, Hidden(call), isReread: false);
            return false;
        }

        _attempt = new Attempt(_state, this, call, isReplay: false);
        _attempt.Begin(_plan.IsBeneath ? _plan.Forward.First(step => step.Kind == PlanStepKind.Replay).Call.Id : null);
        return false;
    }

    private bool IsRemovedPassed(Call call)
    {
        if (!call.IsInPlace && call.State != CallState.Quarantined)
        {
            _dirt.Add(call.Footprint.Writes);
        }

        return true;
    }

    private bool IsReplayPassed(Call call)
    {
        if (call.IsInPlace || call.State == CallState.Quarantined || !_state.Rules.Keep(Rule.Rewind))
        {
            return true;
        }

        var isLost = !call.Declaration.IsReplaySafe && _state.Rules.Keep(Rule.ReplayNever);
        if (isLost || _state.Quarantines.Find(call.Footprint) is not null)
        {
            Displace(call, error: null);
            return true;
        }

        _consequences.Replayed.Add(call.Id);
        _attempt = new Attempt(_state, this, call, isReplay: true);
        _attempt.Begin(beneath: null);
        return false;
    }

    private bool IsRereadPassed(Call read)
    {
        var about = _dirt.Meets(read.Footprint.Reads);
        if (read.IsGone || read.Footprint.Reads.IsEmpty || (about is null && !_plan.RereadsAll))
        {
            return true;
        }

        var hidden = Hidden(read);
        var canRead = ReorderPlanner.CanBeReread(read)
            && (hidden.IsEmpty || read.Declaration.View == ReadView.Version)
            && _state.Quarantines.Find(read.Footprint) is null;
        if (canRead)
        {
            Read(read, hidden, isReread: true);
            return false;
        }

        if (_state.Rules.Keep(Rule.OverlapIsTold))
        {
            _consequences.Change(read, about ?? read.Footprint.Reads[0], now: null);
        }

        return true;
    }

    private void Conclude(PlanStep step, Verdict verdict)
    {
        if (step.Kind == PlanStepKind.Insert)
        {
            ConcludeInsert(step.Call, verdict);
        }
        else
        {
            ConcludeReplay(step.Call, verdict);
        }
    }

    private void ConcludeInsert(Call call, Verdict verdict)
    {
        if (_plan.IsBeneath && verdict is not (Verdict.Foreign or Verdict.Absent { WasInDoubt: false }))
        {
            // What lay above has been written over: it is executed again on the way up.
            foreach (var step in _plan.Forward.Where(step => step.Kind == PlanStepKind.Replay))
            {
                step.Call.IsInPlace = false;
            }
        }

        switch (verdict)
        {
            case Verdict.Stands stands:
                Stand(call, stands);
                call.Told = stands.Result;
                _state.Trajectories.Add(call);
                _dirt.Add(call.Footprint.Writes);
                Result = stands switch
                {
                    { Result: null } => new CallResult.Unknown(Quarantine: null),
                    { IsFailure: true } => new CallResult.Failed(stands.Result.Value),
                    _ => new CallResult.Applied(stands.Result.Value),
                };
                break;
            case Verdict.Absent absent:
                Result = absent switch
                {
                    { Error: { } error } => new CallResult.Failed(error),
                    { WasInDoubt: true } => new CallResult.TakenBack(),
                    _ => new CallResult.NotDone(),
                };
                break;
            case Verdict.Stuck stuck:
                Result = new CallResult.Unknown(_consequences.QuarantineNew(call, stuck.Reason).Id);
                break;
            case Verdict.Foreign:
                var top = _plan.Forward.Last(step => step.Kind == PlanStepKind.Replay).Call;
                Result = new CallResult.Refused(
                    new Refusal.Quarantined(_consequences.Quarantine(top, QuarantineReason.OutsideWrite)));
                break;
        }
    }

    private void ConcludeReplay(Call call, Verdict verdict)
    {
        switch (verdict)
        {
            case Verdict.Stands stands:
                var now = stands.Result ?? call.Told;
                Stand(call, stands);
                if (now == call.Told || !_state.Rules.Keep(Rule.ChangedResultIsTold))
                {
                    PassReplayed(call);
                }
                else
                {
                    _dirt.Add(call.Footprint.Writes);
                }

                if (_state.Rules.Keep(Rule.ChangedResultIsTold))
                {
                    _consequences.Change(call, about: null, now);
                }

                break;
            case Verdict.Absent absent:
                Displace(call, absent.Error);
                break;
            case Verdict.Stuck stuck:
                _consequences.Quarantine(call, stuck.Reason);
                break;
            case Verdict.Foreign:
                throw new InvariantException("a replay lies beneath nothing");
        }
    }

    /// <summary>A failed call has not surely overwritten anything, and what it left may depend on all that it touched.</summary>
    private void PassReplayed(Call call)
    {
        if (!_state.Rules.Keep(Rule.ChangeSpreads))
        {
            return;
        }

        if (call.State == CallState.Applied)
        {
            _dirt.Pass(call);
        }
        else if (_dirt.Meets(call.Footprint.Reads) is not null || _dirt.Meets(call.Footprint.Writes) is not null)
        {
            _dirt.Add(call.Footprint.Writes);
        }
    }

    private void Stand(Call call, Verdict.Stands stands)
    {
        call.State = stands.IsFailure ? CallState.Failed : CallState.Applied;
        call.IsInPlace = true;
        _state.Captured(call, stands.CapturedBytes);
    }

    private void Displace(Call call, ResultDigest? error)
    {
        _dirt.Add(call.Footprint.Writes);
        _consequences.Displace(call, error);
    }

    private void Read(Call read, ImmutableArray<CallId> hidden, bool isReread) =>
        _state.Emit(new Effect.Read(_state.Await(this), read.Id, read.Position, hidden, isReread));

    private void TakeRead(PlanStep step, Outcome outcome)
    {
        ResultDigest? result = outcome switch
        {
            Outcome.Done(var done, _) => done,
            Outcome.Failed(var error, _) => error,
            _ => null,
        };
        if (step.Kind == PlanStepKind.Reread)
        {
            var about = _dirt.Meets(step.Call.Footprint.Reads) ?? step.Call.Footprint.Reads[0];
            _consequences.Change(step.Call, about, result);
        }
        else if (result is { } digest)
        {
            Result = new CallResult.Read(digest, ViewOf(step.Call));
            Record(step.Call, digest);
        }
        else
        {
            Result = outcome is Outcome.NotDone ? new CallResult.NotDone() : new CallResult.Unknown(Quarantine: null);
        }
    }

    private void Record(Call read, ResultDigest digest)
    {
        if (_state.Rules.Keep(Rule.ReadsAreRecorded))
        {
            read.State = CallState.Read;
            read.Told = digest;
            _state.Trajectories.Add(read);
        }
    }

    /// <summary>How a read's answer was come by; null when nothing later was in the way.</summary>
    private ReadView? ViewOf(Call read)
    {
        if (read.Declaration.View == ReadView.Live || _plan.IsUnfiltered || _state.Quarantines.Find(read.Footprint) is not null)
        {
            return ReadView.Live;
        }

        return !_plan.Unwind.IsEmpty ? ReadView.Rewind : Hidden(read).IsEmpty ? null : ReadView.Version;
    }

    /// <summary>The later calls in place that a read must not see, lowest first.</summary>
    private ImmutableArray<CallId> Hidden(Call read)
    {
        if (read.Declaration.View == ReadView.Live || _plan.IsUnfiltered || !_state.Rules.Keep(Rule.OrderFilteredReads))
        {
            return [];
        }

        var found = _state.Scratch();
        _state.Trajectories.CollectWrites(read.Footprint.Reads, read.Position, found);
        return found.Count == 0
            ? []
            : [.. found.Where(call => call.IsInPlace).Distinct().OrderBy(call => call.Position).Select(call => call.Id)];
    }
}

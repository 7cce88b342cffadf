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
internal sealed partial class ReorderRun
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
            var hasWritten = _attempt.HasWritten;
            _attempt = null;
            Conclude(_plan.Forward[_passed], verdict, hasWritten);
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
}

using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>One execution of a write, until it is known whether its effect is there (protocol.md, sections 3, 6 and 9).</summary>
/// <remarks>
/// In doubt, an inverse that restores a captured state decides by taking the call back; else the tool's probe decides;
/// else nobody can. A replay that fails where the call had succeeded is taken out as a whole, partial effect included.
/// </remarks>
internal sealed class Attempt(WorkspaceState state, ReorderRun run, Call call, bool isReplay)
{
    private Stage _stage = Stage.Executing;
    private Inversion? _inversion;
    private ResultDigest? _error;
    private CallId? _beneath;
    private bool _isInDoubt;

    private enum Stage
    {
        Executing,
        Probing,
        Restoring,
    }

    public Call Call { get; } = call;

    /// <summary>Whether the tool may have written, so that what lay on the object is there no more.</summary>
    public bool HasWritten { get; private set; }

    /// <param name="beneath">The later write that the call goes beneath; null when it goes on top.</param>
    public void Begin(CallId? beneath)
    {
        _stage = Stage.Executing;
        _beneath = beneath;
        state.Emit(new Effect.Execute(state.Await(run), Call.Id, Call.Position, isReplay, beneath));
    }

    /// <summary>Takes an outcome.</summary>
    /// <returns>What is known in the end; null when another effect is on its way to find out.</returns>
    public Verdict? Take(Outcome outcome) => _stage switch
    {
        Stage.Executing => Executed(outcome),
        Stage.Probing => Probed(outcome),
        Stage.Restoring => Restored(outcome),
        _ => throw new InvariantException("an attempt is in one of its stages"),
    };

    private Verdict? Executed(Outcome outcome)
    {
        HasWritten |= outcome is Outcome.Done or Outcome.Failed or Outcome.Unknown;
        switch (outcome)
        {
            case Outcome.Done(var result, var bytes):
                return new Verdict.Stands(result, IsFailure: false, bytes);
            case Outcome.Failed(var error, var bytes):
                return Failed(error, bytes);
            case Outcome.NotDone:
                return new Verdict.Absent(Error: null, WasInDoubt: false);
            case Outcome.OutsideWrite:
                return new Verdict.Foreign();
            case Outcome.Unknown:
                return Doubt();
            default:
                throw new InvariantException("an outcome is one of the five");
        }
    }

    private Verdict? Failed(ResultDigest error, long bytes)
    {
        if (_beneath is not null)
        {
            // It failed on top of a later write: what it was to see is there once its own capture is restored.
            return Restore();
        }

        if (isReplay && Call.State == CallState.Applied && state.Rules.Keep(Rule.FailedReplayIsDisplaced))
        {
            _error = error;
            return Restore();
        }

        return state.Rules.Keep(Rule.FailedWriteStays)
            ? new Verdict.Stands(error, IsFailure: true, bytes)
            : new Verdict.Absent(error, WasInDoubt: false);
    }

    private Verdict? Doubt()
    {
        if (Call.Declaration.IsIrreversible)
        {
            // There is nothing to protect and nothing to run: it counts as done, and its agent is told the truth.
            return new Verdict.Stands(Result: null, IsFailure: false, CapturedBytes: 0);
        }

        if (!state.Rules.Keep(Rule.DoubtIsRestored))
        {
            return new Verdict.Absent(Error: null, WasInDoubt: true);
        }

        if (Call.Declaration.IsInverseIdempotent)
        {
            _isInDoubt = true;
            return Restore();
        }

        if (Call.Declaration.HasProbe)
        {
            _stage = Stage.Probing;
            state.Emit(new Effect.Probe(state.Await(run), Call.Id));
            return null;
        }

        return new Verdict.Stuck(QuarantineReason.InDoubt);
    }

    private Verdict? Restore()
    {
        _stage = Stage.Restoring;
        _inversion = new Inversion(state, run, Call);
        _inversion.Begin();
        return null;
    }

    private static Verdict Probed(Outcome outcome) => outcome switch
    {
        Outcome.Done => new Verdict.Stands(Result: null, IsFailure: false, CapturedBytes: 0),
        Outcome.NotDone => new Verdict.Absent(Error: null, WasInDoubt: true),
        _ => new Verdict.Stuck(QuarantineReason.InDoubt),
    };

    private Verdict? Restored(Outcome outcome)
    {
        Invariant.Require(_inversion is not null, "who restores runs an inverse");
        if (!_inversion.IsOver(outcome, out var reason))
        {
            return null;
        }

        if (reason is { } stuck)
        {
            return new Verdict.Stuck(stuck);
        }

        if (_beneath is not null && !_isInDoubt)
        {
            Begin(beneath: null);
            return null;
        }

        return new Verdict.Absent(_error, _isInDoubt);
    }
}

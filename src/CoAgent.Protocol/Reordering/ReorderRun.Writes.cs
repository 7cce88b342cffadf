using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>What follows from a write that was put in, or replayed.</summary>
internal sealed partial class ReorderRun
{
    private void Conclude(PlanStep step, Verdict verdict, bool hasWritten)
    {
        if (step.Kind == PlanStepKind.Insert)
        {
            ConcludeInsert(step.Call, verdict, hasWritten);
        }
        else
        {
            ConcludeReplay(step.Call, verdict);
        }
    }

    private void ConcludeInsert(Call call, Verdict verdict, bool hasWritten)
    {
        if (_plan.IsBeneath && hasWritten)
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
                // Others saw what it left when it was last executed, whether or not its own agent was told of that. What a
                // tool that fails has left does not show in its answer.
                var isTheSame = stands.Result is not null && stands.Result == call.Latest && !stands.IsFailure;
                Stand(call, stands);
                if (isTheSame || !_state.Rules.Keep(Rule.ChangedResultIsTold))
                {
                    PassReplayed(call);
                }
                else
                {
                    _dirt.Add(call.Footprint.Writes);
                }

                if (_state.Rules.Keep(Rule.ChangedResultIsTold))
                {
                    _consequences.Change(call, about: null, stands.Result);
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

    private void PassReplayed(Call call)
    {
        if (_state.Rules.Keep(Rule.ChangeSpreads))
        {
            _dirt.Pass(call);
        }
    }

    private void Stand(Call call, Verdict.Stands stands)
    {
        call.State = stands.IsFailure ? CallState.Failed : CallState.Applied;
        call.IsInPlace = true;
        call.Latest = stands.Result;
        _state.Captured(call, stands.CapturedBytes);
    }

    private void Displace(Call call, ResultDigest? error)
    {
        _dirt.Add(call.Footprint.Writes);
        _consequences.Displace(call, error);
    }
}

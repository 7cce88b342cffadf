using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>One run of an inverse, repeated while its outcome is unknown and repeating does no harm (protocol.md, section 6).</summary>
internal sealed class Inversion(WorkspaceState state, ReorderRun run, Call call)
{
    private int _attemptCount;

    public Call Call { get; } = call;

    public void Begin()
    {
        _attemptCount++;
        state.Emit(new Effect.Invert(state.Await(run), Call.Id));
    }

    /// <summary>Takes the outcome.</summary>
    /// <returns>Whether it is over; then <paramref name="reason"/> is why the call's state is not known, or null.</returns>
    public bool IsOver(Outcome outcome, out QuarantineReason? reason)
    {
        if (outcome is Outcome.Unknown && Call.Declaration.IsInverseIdempotent
            && _attemptCount < state.Limits.InverseAttemptCountMax)
        {
            Begin();
            reason = null;
            return false;
        }

        reason = outcome switch
        {
            Outcome.Done => null,
            Outcome.Unknown => QuarantineReason.InDoubt,
            Outcome.OutsideWrite => state.Rules.Keep(Rule.OutsideWriteIsKept) ? QuarantineReason.OutsideWrite : null,
            Outcome.Failed or Outcome.NotDone => QuarantineReason.InverseFailed,
            _ => throw new InvariantException("an outcome is one of the five"),
        };
        return true;
    }
}

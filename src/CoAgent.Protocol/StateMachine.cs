using System.Collections.Immutable;
using CoAgent.Protocol.Finishing;
using CoAgent.Protocol.Gates;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Reordering;

namespace CoAgent.Protocol;

/// <summary>MTPO: what follows from each input (protocol.md).</summary>
/// <remarks>
/// <code>
///  Propose ─▶ gates ─▶ latches ─▶ plan ─▶ unwind ─▶ execute ─▶ rewind, recheck ─▶ notices ─▶ Answer
///               │         │ (all at once, one fair queue)
///               ▼         ▼
///             Gated,    waits for those that run on overlapping objects
///             Held
/// </code>
/// No IO, no clock, no tasks: effects are carried out by the caller, and each effect on the world comes back as
/// <see cref="Input.Ended"/>. After a crash the caller ends what was out with <see cref="Outcome.Unknown"/>.
/// </remarks>
public static class StateMachine
{
    /// <summary>Takes one input.</summary>
    /// <param name="state">The workspace; it is changed in place.</param>
    /// <param name="input">What happened.</param>
    /// <returns>What is to be done, in order.</returns>
    /// <exception cref="InvariantException">The state is not what it must be: the workspace has to stop.</exception>
    public static ImmutableArray<Effect> Step(WorkspaceState state, Input input)
    {
        state.StepNumber++;
        switch (input)
        {
            case Input.Begin begin:
                Beginning.Begin(state, begin);
                break;
            case Input.Propose propose:
                Admission.Propose(state, propose);
                break;
            case Input.Cancel cancel:
                Admission.Cancel(state, cancel);
                break;
            case Input.Undo undo:
                Removal.Undo(state, undo);
                break;
            case Input.Abort abort:
                Removal.Abort(state, abort);
                break;
            case Input.Finish finish:
                FinishGate.Ask(state, finish);
                break;
            case Input.WaitEnded ended:
                FinishGate.EndWait(state, ended);
                break;
            case Input.Leave leave:
                Departure.Leave(state, leave);
                break;
            case Input.Resolve resolve:
                NoticeSettlement.Resolve(state, resolve);
                break;
            case Input.Redeliver redeliver:
                NoticeSettlement.Redeliver(state, redeliver);
                break;
            case Input.Release release:
                QuarantineRelease.Ask(state, release);
                break;
            case Input.PowerLost:
                NoticeFiling.FilePowerLoss(state);
                break;
            case Input.Ended(var effect, var outcome):
                End(state, effect, outcome);
                break;
        }

        Settle(state);
        return state.TakeEffects();
    }

    private static void End(WorkspaceState state, EffectId effect, Outcome outcome)
    {
        Invariant.Require(state.Awaited.Remove(effect, out var run), "an effect ends once, and only one that is out");
        if (run.Take(outcome))
        {
            OperationFlow.Complete(state, run.Operation);
        }
    }

    /// <summary>Lets everything go on that can, until nothing can.</summary>
    private static void Settle(WorkspaceState state)
    {
        do
        {
            while (state.TakeReady() is { } operation)
            {
                OperationFlow.Consider(state, operation);
            }

            while (state.TakeTouched() is { } transaction)
            {
                FinishGate.Reopen(state, transaction);
                OperationFlow.ReadyParked(state, transaction);
            }
        }
        while (state.HasReady || Removal.HasBegunAbort(state) || FinishGate.HasFinishedLowest(state));
    }
}

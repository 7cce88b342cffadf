using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Agents;

/// <content>What the agent makes of what it is told.</content>
internal sealed partial class ScriptedAgent
{
    /// <summary>Takes in that its transaction is open.</summary>
    public void Hear(Effect.Began began)
    {
        Transaction = began.Transaction.Id;
        Rank = began.Transaction.Rank;
        Plan();
    }

    /// <summary>Takes in the answer to a call.</summary>
    public void Hear(Effect.Answer answer)
    {
        var step = StepOfOpen(answer.Call);
        ProofException.Require(step >= 0, "answers", $"agent {Index} is given an answer to {answer.Call}, which it does not wait for");
        HearResult(step, answer.Result);
        Hear(answer.Notices);
        HearOwn(answer.Changed);
        Plan();
    }

    /// <summary>Takes in the answer to an undo.</summary>
    public void Hear(Effect.UndoAnswered answer)
    {
        var request = TakeRequest(answer.Request, RequestKind.Undo);
        foreach (var undone in answer.Calls)
        {
            HearFate(undone, request.Step);
        }

        HearOwn(answer.Changed);
        Hear(answer.Notices);
        Plan();
    }

    /// <summary>Takes in the answer to an abort.</summary>
    public void Hear(Effect.AbortAnswered answer)
    {
        TakeRequest(answer.Request, RequestKind.Abort);
        ProofException.Require(answer.IsKnown, "abort", $"agent {Index} has an open transaction that is not known");
        IsAborted = true;
        IsDone = true;
        Plan();
    }

    /// <summary>Takes in the answer to a resolve.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="hasOpen">Whether there is something newer that it has not been told: what that is about is not asked again.</param>
    public void Hear(Effect.Resolved answer, bool hasOpen)
    {
        TakeRequest(answer.Request, RequestKind.Resolve);
        var (notice, isAskedAgain) = _toResolve[0];
        var mustAskAgain = Program.Style == RepairStyle.Absorb && !isAskedAgain;
        var isGood = answer.Result switch
        {
            ResolveResult.AskedAgain => mustAskAgain,
            ResolveResult.Settled => !mustAskAgain || hasOpen,
            _ => true,
        };
        var decided = mustAskAgain ? "keeps the stale value" : "revised";
        ProofException.Require(isGood, "resolve", $"agent {Index} resolves {notice} ({decided}): {answer.Result}");
        _toResolve.RemoveAt(0);
        if (answer.Result == ResolveResult.AskedAgain)
        {
            _toResolve.Insert(0, (notice, true));
        }

        Plan();
    }

    /// <summary>Takes in the answer to a finish.</summary>
    public void Hear(Effect.FinishAnswered answer)
    {
        TakeRequest(answer.Request, RequestKind.Finish);
        switch (answer.Result)
        {
            case FinishResult.Finished:
                IsDone = true;
                break;
            case FinishResult.Waiting waiting:
                Hear(waiting.Notices);
                break;
            case FinishResult.NotOpen when Transaction is null:
                break;
            default:
                throw new ProofException("finish", $"agent {Index} is answered {answer.Result}");
        }

        Plan();
    }

    private OpenRequest TakeRequest(RequestId id, RequestKind kind)
    {
        var request = _request;
        ProofException.Require(
            request is not null && request.Id == id && request.Kind == kind,
            "answers",
            $"agent {Index} is given an answer ({kind}) that it does not wait for");
        _request = null;
        return request!;
    }

    private void HearResult(int step, CallResult result)
    {
        var record = _records[step];
        switch (result)
        {
            case CallResult.Applied(var digest):
                HearText(step, _words.TextOf(digest));
                break;
            case CallResult.Read(var digest, var view):
                HearText(step, _words.TextOf(digest));
                HearView(step, view);
                break;
            case CallResult.Failed(var digest):
                HearText(step, _words.TextOf(digest));
                break;
            case CallResult.Deferred:
                record.Defer();
                break;
            case CallResult.Unknown(null) when Program.Steps[step].IsIrreversible:
                record.TellNothing();
                break;
            default:
                HearThatItIsNotDone(step, result);
                break;
        }
    }

    /// <summary>What was read as it is, unasked, is of a quarantined object: it is no premise before that is released.</summary>
    private void HearView(int step, ReadView? view)
    {
        if (view == ReadView.Live)
        {
            _isBlocked |= _isAnythingQuarantined();
            MarkStale(step);
        }
    }

    private void HearText(int step, string text)
    {
        _records[step].Tell(text);
        if (text != ToolCall.Fault.Text)
        {
            return;
        }

        // A fault that has nothing to do with the premise: it is tried again. Mail that failed was not sent.
        MarkStale(step);
        if (Program.Steps[step].IsIrreversible)
        {
            _records[step].Reset();
        }
    }

    private void HearThatItIsNotDone(int step, CallResult result)
    {
        switch (result)
        {
            case CallResult.Gated or CallResult.NotDone or CallResult.TakenBack or CallResult.Cancelled:
                break;
            case CallResult.Unknown:
                _toTakeBack.AddRange(_former.Contains(_records[step].Call!.Value) ? [] : [_records[step].Call!.Value]);
                break;
            case CallResult.Refused(Refusal.Quarantined(var quarantine)):
                Block(quarantine);
                break;
            default:
                throw new ProofException("answers", $"agent {Index}, step {step}: {result}");
        }

        _records[step].Reset();
        MarkStale(step);
    }

    /// <summary>Waits until a quarantine is released; it may have been since the answer was decided.</summary>
    private void Block(Quarantine quarantine) => _isBlocked |= !_released.Contains(quarantine.Id);

    private void HearFate(UndoneCall undone, int step)
    {
        switch (undone)
        {
            case { Fate: UndoFate.Kept, Refusal: Refusal.Quarantined(var quarantine) }:
                Block(quarantine);
                return;
            case { Fate: UndoFate.Kept or UndoFate.WasRead }:
                throw new ProofException("undo", $"agent {Index} takes back {undone.Call}: {undone.Fate} ({undone.Refusal})");
        }

        _toTakeBack.Remove(undone.Call);
        if (step >= 0)
        {
            // The step is out: it stays passed over until the agent goes back before it.
            var taken = Program.Steps[step].Undone;
            _undone.Add(taken);
            _records[taken].Skip();
            _records[step].Skip();
        }
    }
}

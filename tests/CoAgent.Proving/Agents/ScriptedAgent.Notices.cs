using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Agents;

/// <content>What the agent makes of notices, and of what its own calls have changed.</content>
internal sealed partial class ScriptedAgent
{
    private void Hear(ImmutableArray<Notice> notices)
    {
        foreach (var notice in notices)
        {
            ProofException.Require(
                notice.Transaction == Transaction || Transaction is null, "notices", $"agent {Index} is told what is for {notice.Transaction}");
            if (_gate == GateMode.Acknowledge && !_toResolve.Exists(known => known.Id == notice.Id))
            {
                // Only a value can be kept: of more than is listed nobody can say that it still holds.
                _toResolve.Add((notice.Id, notice.IsAskedAgain || notice.Kind == NoticeKind.Overflow));
            }

            if (notice.Kind == NoticeKind.Overflow)
            {
                MarkStale(LastSent() + 1);
            }
            else if (notice.Kind is NoticeKind.Stale or NoticeKind.Result)
            {
                Array.ForEach([.. notice.Entries], Hear);
            }
            else
            {
                Array.ForEach([.. notice.Entries], entry => MarkStale(StepOf(entry.Call)));
            }
        }
    }

    /// <summary>Takes in what an own call has changed.</summary>
    private void HearOwn(ImmutableArray<ChangedCall> changes)
    {
        foreach (var change in changes)
        {
            if (change.IsOut)
            {
                MarkStale(StepOf(change.Call));
            }
            else
            {
                Hear(new NoticeEntry(change.Call, change.Was, change.Now));
            }
        }
    }

    /// <summary>Takes in that a call returns something else now.</summary>
    private void Hear(NoticeEntry change)
    {
        var step = StepOf(change.Call);
        if (step != Nothing && Program.Steps[step].IsIrreversible)
        {
            HearOfMail(step, change.Now);
            return;
        }

        var isKnown = step < Math.Min(_staleFrom, _next) && _records[step].State == StepState.Told;
        if (isKnown && Program.Style == RepairStyle.Absorb && change.Now is { } now)
        {
            Absorb(step, _words.TextOf(now));
        }
        else
        {
            MarkStale(step);
        }
    }

    /// <summary>Takes in what became of mail that had been put off.</summary>
    private void HearOfMail(int step, ResultDigest? now)
    {
        if (now is { } known)
        {
            HearText(step, _words.TextOf(known));
        }
        else
        {
            _records[step].TellNothing();
        }
    }

    /// <summary>Takes over a value; stale is what it would now do otherwise.</summary>
    private void Absorb(int step, string now)
    {
        if (now == ToolCall.Fault.Text)
        {
            MarkStale(step);
            return;
        }

        _records[step].Tell(now);
        for (var i = step + 1; i < _next; i++)
        {
            var isSame = _undone.Contains(i) || Program.Steps[i].Verb == Verb.Undo
                || (_records[i].Tool is { } tool ? IsMade(i) && Program.Steps[i].Bind(Answers()) == tool : !IsMade(i));
            if (!isSame)
            {
                MarkStale(i);
                return;
            }
        }
    }

    /// <summary>The step of the present attempt that made a call; none when it belongs to an abandoned one.</summary>
    private int StepOf(CallId call) =>
        Array.FindIndex(_records, record => record.Call == call) is var step and >= 0 ? step : Nothing;

    /// <summary>The last mail that went out: every lower rank had finished then, so what was read before has not changed since. -1: none.</summary>
    private int LastSent()
    {
        var last = _records.Length - 1;
        while (last >= 0 && !(Program.Steps[last].IsIrreversible && _records[last] is { State: StepState.Told, IsDeferred: false }))
        {
            last--;
        }

        return last;
    }

    private void MarkStale(int step) => _staleFrom = Math.Min(_staleFrom, step);
}

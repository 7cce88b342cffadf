using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Agents;

/// <content>What the agent does next.</content>
internal sealed partial class ScriptedAgent
{
    /// <summary>Does what needs no input, and decides on the next move.</summary>
    private void Plan() => Move = Decide();

    private AgentMove? Decide()
    {
        if (IsDone || _isBlocked || _request is not null)
        {
            return null;
        }

        if (Transaction is null)
        {
            return HasLeft && OpenCalls.Any() ? null : new AgentMove.Begin();
        }

        if (_staleFrom != Nothing)
        {
            if (Array.FindIndex(_records, record => record.State == StepState.Open) is var open and >= 0)
            {
                return open >= _staleFrom && !_records[open].IsCancelAsked ? new AgentMove.Cancel(open) : null;
            }

            Abandon();
        }

        if (_toTakeBack.Count > 0)
        {
            return new AgentMove.TakeBack(Step: -1, [.. _toTakeBack]);
        }

        return _toResolve.Count > 0 ? DecideResolve() : DecideStep();
    }

    /// <summary>An absorbing agent keeps first, with the stale value in place, to see that it is asked once more.</summary>
    private AgentMove.Resolve DecideResolve()
    {
        var (notice, isAskedAgain) = _toResolve[0];
        var keeps = Program.Style == RepairStyle.Absorb && !isAskedAgain;
        return new AgentMove.Resolve(notice, keeps ? NoticeDecision.Keep : NoticeDecision.Revised);
    }

    private AgentMove? DecideStep()
    {
        for (; _next < _records.Length; _next++)
        {
            var step = Program.Steps[_next];
            if (!MayMake(step))
            {
                return null;
            }

            if (!IsMade(_next))
            {
                _records[_next].Skip();
                continue;
            }

            return step.Verb switch
            {
                Verb.Abort => new AgentMove.Abort(),
                Verb.Undo => new AgentMove.TakeBack(_next, [_records[step.Undone].Call!.Value]),
                _ => new AgentMove.Call(_next, step.Bind(Answers())),
            };
        }

        return OpenCalls.Any() ? null : new AgentMove.Finish();
    }

    /// <summary>Whether nothing that is out has to be waited for; mail waits for what may have to be made again.</summary>
    private bool MayMake(Step step)
    {
        for (var i = 0; i < _next; i++)
        {
            if (_records[i].State == StepState.Open
                && (!step.IsCall || !Program.Steps[i].Traits.HasFlag(StepTraits.Ahead) || step.Sources.Contains(i)
                    || (step.IsIrreversible && !(_isUndisturbed && Program.Steps[i].IsRead))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a step is made with the answers that are known.</summary>
    private bool IsMade(int at)
    {
        var step = Program.Steps[at];
        return !_undone.Contains(at) && (step.When?.Holds(Answers()) ?? true) && (step.Verb != Verb.Undo || CanUndo(_records[step.Undone]));
    }

    private bool CanUndo(StepRecord record) =>
        record is { State: StepState.Told, Call: { } call } && !_former.Contains(call);

    private string?[] Answers()
    {
        for (var i = 0; i < _records.Length; i++)
        {
            _answers[i] = _records[i].Answer;
        }

        return _answers;
    }

    /// <summary>Starts a new attempt at the first stale step.</summary>
    private void Abandon()
    {
        for (var i = _staleFrom; i < _records.Length; i++)
        {
            var record = _records[i];
            if (record is { State: StepState.Told, Call: { } call } && !Program.Steps[i].IsRead && !_former.Contains(call))
            {
                var isGone = Program.Steps[i].IsIrreversible && !record.IsDeferred;
                ProofException.Require(!isGone, "I5", $"agent {Index} sent step {i} on a premise that changed afterwards");
                _toTakeBack.Add(call);
            }

            record.Reset();
            _undone.Remove(i);
        }

        _next = Math.Min(_next, _staleFrom);
        _staleFrom = Nothing;
    }
}

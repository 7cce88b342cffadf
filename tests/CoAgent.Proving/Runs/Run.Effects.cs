using CoAgent.Protocol;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Runs;

/// <content>Where the protocol's effects go, and what may happen next.</content>
internal sealed partial class Run
{
    /// <summary>With how many effects out everything may stop: each may have happened or not.</summary>
    private const int CrashedMax = 4;

    private static readonly Ending[] ExecuteFaults = [Ending.ToolError, Ending.Halfway, Ending.NotDone, Ending.LostDone, Ending.LostUndone];
    private static readonly Ending[] SendFaults = [Ending.ToolError, Ending.NotDone, Ending.LostDone, Ending.LostUndone];
    private static readonly Ending[] InvertFaults = [Ending.ToolError, Ending.NotDone, Ending.LostDone, Ending.LostUndone, Ending.Outside];
    private static readonly Ending[] ReadFaults = [Ending.ToolError, Ending.NotDone, Ending.LostUndone];
    private static readonly Ending[] ProbeFaults = [Ending.LostUndone];

    /// <summary>What may happen next, always in the same order.</summary>
    public List<Choice> Choices()
    {
        var choices = new List<Choice>();
        foreach (var agent in Agents)
        {
            if (agent.Move is not null)
            {
                choices.Add(new Choice.Act(agent.Index));
            }
        }

        foreach (var effect in _out.OrderBy(effect => effect.Call.Number).ThenBy(effect => effect.Id.Number))
        {
            choices.Add(new Choice.End(effect.Id, Ending.Normal));
            if (_faultsLeft > 0)
            {
                choices.AddRange(FaultsOf(effect).Select(how => new Choice.End(effect.Id, how)));
            }
        }

        if (_faultsLeft > 0 && _out.Count is > 1 and <= CrashedMax)
        {
            choices.AddRange(Enumerable.Range(0, 1 << _out.Count).Select(happened => new Choice.Crash(happened)));
        }

        foreach (var quarantine in _quarantines.Values.Where(quarantine => !_releasing.Contains(quarantine.Id)))
        {
            choices.Add(new Choice.Release(quarantine.Id, ReleaseVerdict.Applied));
            choices.Add(new Choice.Release(quarantine.Id, ReleaseVerdict.TakenBack));
        }

        if (_disturbancesLeft > 0)
        {
            AddDisturbances(choices);
        }

        return choices;
    }

    private Ending[] FaultsOf(Effect.World effect) => effect switch
    {
        Effect.Execute when World.Calls[effect.Call].Step.IsIrreversible => SendFaults,
        Effect.Execute { Beneath: not null } => [.. ExecuteFaults, Ending.Outside],
        Effect.Execute => ExecuteFaults,
        Effect.Invert => InvertFaults,
        Effect.Read => ReadFaults,
        _ => ProbeFaults,
    };

    private void AddDisturbances(List<Choice> choices)
    {
        foreach (var agent in Agents.Where(agent => agent is { IsDone: false, Transaction: not null }))
        {
            choices.AddRange(agent.OpenCalls.Select(call => new Choice.Cancel(agent.Index, call)));
            choices.Add(new Choice.Redeliver(agent.Index));
            if (agent.IsFinishing)
            {
                choices.Add(new Choice.StopWaiting(agent.Index));
            }

            if (Scenario.MayLeave && agent.CanLeave)
            {
                choices.Add(new Choice.Leave(agent.Index, IsForGood: false));
                choices.Add(new Choice.Leave(agent.Index, IsForGood: true));
            }
        }

        // Who has sent mail cannot take it back when the operator takes back what it rested on.
        var undoable = State.Calls.Values.Where(call =>
            call.IsInPlace && !call.Declaration.IsRead && !AgentOf(call.Id).Program.Steps.Any(step => step.IsIrreversible));
        choices.AddRange(undoable.OrderBy(call => call.Position).Select(call => new Choice.TakeBack(call.Id)));
    }

    private void Handle(Effect effect)
    {
        switch (effect)
        {
            case Effect.World world:
                if (_isChecked)
                {
                    Ledger.Admit(world);
                }

                _out.Add(world);
                break;
            case Effect.Began began:
                Ledger.Open(began.Transaction);
                Array.Find(Agents, agent => agent.Id == began.Transaction.Agent)!.Hear(began);
                break;
            case Effect.Answer answer:
                AgentOf(answer.Call).Hear(answer);
                break;
            case Effect.UndoAnswered undone:
                Ledger.CheckTakenBack(undone);
                if (undone.Request.Number >= 0)
                {
                    AgentOf(undone.Request).Hear(undone);
                }

                break;
            case Effect.AbortAnswered aborted:
                AgentOf(aborted.Request).Hear(aborted);
                break;
            case Effect.FinishAnswered finished:
                AgentOf(finished.Request).Hear(finished);
                break;
            case Effect.Resolved resolved:
                var resolver = AgentOf(resolved.Request);
                var hasOpen = resolver.Transaction is { } id && State.Transactions[id].Notices.Open.Count > 0;
                resolver.Hear(resolved, hasOpen);
                break;
            default:
                HandleNews(effect);
                break;
        }
    }

    private void HandleNews(Effect effect)
    {
        switch (effect)
        {
            case Effect.BeginRefused refused:
                throw new ProofException("begin", $"{refused.Agent}: {refused.Refusal?.Message}");
            case Effect.Released released:
                ProofException.Require(released.IsKnown, "release", $"{released.Request} is of no quarantine that the protocol knows");
                OnReleased(new QuarantineId(-released.Request.Number));
                break;
            case Effect.NoticeFiled filed:
                Ledger.CheckNotice(filed.Notice);
                break;
            case Effect.Quarantined(var quarantine):
                _quarantines.Add(quarantine.Id.Number, quarantine);
                break;
            case Effect.Folded folded:
                Ledger.Fold(folded);
                break;
            case Effect.Held or Effect.NoticeWithdrawn:
                break;
            default:
                throw new ProofException("effects", $"nobody knows what to do with {effect}");
        }
    }
}

using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Serial;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Runs;

/// <content>The single checks.</content>
internal sealed partial class Ledger
{
    /// <summary>I7: the end is that of the serial run, and nothing is left of the way there.</summary>
    public void CheckEnd(SerialEnd serial)
    {
        if (run.Agents.Any(agent => agent.HasLeft))
        {
            CheckNothingIsLeft();
            return;
        }

        foreach (var place in Place.All)
        {
            var (is_, must) = (run.World.Live[place.Index], serial.Contents[place.Index]);
            var mayDiffer = place == Place.Outbox && run.Agents.Any(agent => agent.Records.Any(record => record.IsUncertain));
            ProofException.Require(is_ == must || mayDiffer, "I7", $"{place.Name} is {is_ ?? "absent"}, serially {must ?? "absent"}");
        }

        foreach (var agent in run.Agents.Where(agent => !agent.IsAborted))
        {
            CheckAnswers(agent, [.. serial.Answers[agent.Index]]);
        }

        CheckNothingIsLeft();
    }

    private void CheckNothingIsLeft()
    {
        var state = run.State;
        ProofException.Require(
            state.Calls.Count == 0 && state.Operations.Count == 0 && state.Latches.EntryCount == 0 && state.Transactions.Count == 0,
            "folding",
            $"{state.Calls.Count} calls, {state.Operations.Count} operations, {state.Latches.EntryCount} latches are left at the end");
    }

    private static void CheckAnswers(ScriptedAgent agent, string?[] serial)
    {
        for (var i = 0; i < serial.Length; i++)
        {
            var record = agent.Records[i];
            var isOpen = record.IsDeferred || record.IsUncertain;
            ProofException.Require(
                isOpen || record.Answer == serial[i],
                "I7",
                $"rank {agent.Index + 1}, step {i} was last told {record.Answer ?? "nothing"}, serially {serial[i] ?? "nothing"}");
        }
    }

    /// <summary>What a transaction's agent was told is so when it ends; of what it was not there to hear there are notices.</summary>
    private void CheckKnown(Effect.Folded folded, WorldCall call, string? now)
    {
        var agent = run.Agents[call.Id.Number / ScriptedAgent.IdStride];
        var step = agent.StepOfKnown(call.Id);
        if (step < 0 || agent.Records[step] is not { State: StepState.Told, Answer: { } told } || told == now)
        {
            return;
        }

        var problem = $"{folded.Transaction.Id} ends, step {step} ({call.Id}) of agent {agent.Index} was told {told}, and {now ?? "it is out"}";
        ProofException.Require(agent.HasLeft, "finish", $"{problem}");
        if (!HasNotice(agent, call.Id))
        {
            _unheard.Add((call.Id, problem));
        }
    }

    /// <summary>What ended unheard is shown with a transaction of its agent that ended with it: it may have come back, and gone again.</summary>
    private void CheckHeard()
    {
        foreach (var (call, problem) in _unheard)
        {
            var isShown = _shown.Any(notice => notice.Kind == NoticeKind.Overflow || notice.Entries.Any(entry => entry.Call == call));
            ProofException.Require(isShown, "finish", $"{problem}");
        }

        _unheard.Clear();
        _shown.Clear();
    }

    /// <summary>What the protocol holds to be in place is there.</summary>
    private void CheckPresence(Call call, WorldCall known, (Parts Changing, Parts Touched) busy)
    {
        var isSettled = !known.Step.WrittenParts.Contents.Overlaps(busy.Changing) && !known.IsInDoubt && !run.IsQuarantined(call.Id);
        ProofException.Require(
            known.Step.IsRead || !isSettled || call.IsInPlace == known.IsIn,
            "I1",
            $"{known} is {(known.IsIn ? "there" : "not there")}, and is held to be {call.State}");
    }

    /// <summary>I2, I4: what an agent was told is so at the call's position, or the agent is told, or is about to be.</summary>
    private void CheckAnswer(Call call, ToolAnswer now, bool isTainted, (Parts Changing, Parts Touched) busy)
    {
        var agent = run.Agents[call.Id.Number / ScriptedAgent.IdStride];
        var step = agent.StepOfKnown(call.Id);
        if (step < 0 || isTainted || agent.Records[step].Answer is not { } told || told == now.Text)
        {
            return;
        }

        var parts = agent.Program.Steps[step].ReadParts | agent.Program.Steps[step].WrittenParts.Contents;
        ProofException.Require(
            parts.Overlaps(busy.Touched) || HasNotice(agent, call.Id),
            agent.Program.Steps[step].IsRead ? "I2" : "I4",
            $"rank {agent.Index + 1}, step {step} ({call.Id}) was told {told}, the calls below leave {now.Text}, and no notice says so");
    }

    private bool HasNotice(ScriptedAgent agent, CallId call) =>
        run.State.Transactions.Values.Where(transaction => transaction.Transaction.Agent == agent.Id).Any(
            transaction => transaction.Notices.Open.Any(
                notice => notice.Kind == NoticeKind.Overflow || notice.Entries.Any(entry => entry.Call.Id == call)));

    /// <summary>I1: with no reorder in flight, each object holds what the calls in place leave.</summary>
    private void CheckLive(string?[] contents, Parts tainted)
    {
        foreach (var place in Place.All)
        {
            var (is_, must) = (run.World.Live[place.Index], contents[place.Index]);
            ProofException.Require(
                tainted.Has(place) || is_ == must, "I1", $"{place.Name} is {is_ ?? "absent"}, the calls in place leave {must ?? "absent"}");
        }
    }

    /// <summary>I6: a write that an agent was told of is in place, or its agent is told that it is not.</summary>
    private void CheckKept((Parts Changing, Parts Touched) busy)
    {
        foreach (var agent in run.Agents.Where(agent => agent is { IsDone: false, IsAborting: false }))
        {
            for (var i = 0; i < agent.Records.Count; i++)
            {
                var record = agent.Records[i];
                if (record.State == StepState.Told && !record.IsDeferred && !agent.Program.Steps[i].IsRead
                    && agent.StepOfKnown(record.Call!.Value) >= 0 && !agent.IsFormer(record.Call!.Value))
                {
                    var isKept = agent.Program.Steps[i].WrittenParts.Contents.Overlaps(busy.Touched)
                        || HasNotice(agent, record.Call!.Value)
                        || (run.State.Calls.TryGetValue(record.Call!.Value, out var call)
                            && call.State is CallState.Applied or CallState.Failed or CallState.Quarantined);
                    ProofException.Require(
                        isKept, "I6", $"rank {agent.Index + 1}, step {i} ({record.Call}) is lost and its agent does not know");
                }
            }
        }
    }
}

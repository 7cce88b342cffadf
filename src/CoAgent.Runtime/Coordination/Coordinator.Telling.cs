using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <content>What follows from a step: effects on the world begin, answers go out when they are durable.</content>
public sealed partial class Coordinator
{
    private async ValueTask SendOutAsync(Effect effect, Task kept)
    {
        switch (effect)
        {
            case Effect.World world:
                Run(world, kept);
                break;
            case Effect.Answer answer:
                await TellAsync(answer, kept);
                break;
            case Effect.Held held when _askedCalls.TryGetValue(held.Call, out var waiting):
                waiting.Proposal.Held?.Invoke(held.Ranks);
                break;
            case Effect.UndoAnswered undone when _asked.Remove(undone.Request, out var asked):
                var undo = new UndoAnswer(
                    undone.Calls,
                    undone.Replayed,
                    [.. LostChangesOf(((CoordinatorInput.Undo)asked).By), .. undone.Changed.Select(_memory.Tell)],
                    _memory.Tell(undone.Notices));
                await _outbox.AddAsync(kept, () => ((CoordinatorInput.Undo)asked).Answer(undo));
                break;
            case Effect.UndoAnswered lost:
                TellAgain(lost);
                break;
            case Effect.AbortAnswered aborted when _asked.Remove(aborted.Request, out var asked):
                await _outbox.AddAsync(
                    kept, () => ((CoordinatorInput.Abort)asked).Answer(new AbortAnswer(aborted.Calls, aborted.IsKnown)));
                break;
            case Effect.FinishAnswered finished when _asked.Remove(finished.Request, out var asked):
                await TellAsync(finished, (CoordinatorInput.Finish)asked, kept);
                break;
            case Effect.FinishAnswered { Result: FinishResult.Waiting { Notices: [var notice, ..] } late }:
                TellAgain(notice.Transaction, late.Notices);
                break;
            case Effect.Resolved resolved when _asked.Remove(resolved.Request, out var asked):
                await _outbox.AddAsync(kept, () => ((CoordinatorInput.Resolve)asked).Answer(resolved.Result));
                break;
            case Effect.Released released when _asked.Remove(released.Request, out var asked):
                await _outbox.AddAsync(kept, () => ((CoordinatorInput.Release)asked).Answer(released.IsKnown));
                break;
        }
    }

    /// <summary>Begins an effect beside the loop: what a tool does at once would hold up everybody else.</summary>
    private void Run(Effect.World effect, Task kept)
    {
        var work = EffectWork.Of(effect, _memory.Calls, kept);
        var done = new TaskCompletionSource();
        _running.Add(effect.Id, done.Task);
        Errands.Leave(() => _ = CarryOutAsync(work, done));
    }

    private async Task CarryOutAsync(EffectWork work, TaskCompletionSource done)
    {
        await _effects.RunAsync(work, _stopping.Token);
        done.SetResult();
    }

    private ValueTask TellAsync(Effect.Answer answer, Task kept)
    {
        var record = _memory.Calls[answer.Call];
        if (!_askedCalls.Remove(answer.Call, out var question))
        {
            // Asked before the daemon was started: its client has been told that it is gone.
            TellAgain(record.Transaction.Id, answer.Notices, answer.Changed.Length);
            return ValueTask.CompletedTask;
        }

        var decided = new CallAnswer.Decided(
            record.Transaction,
            answer.Position,
            answer.Result,
            ResultOf(record, answer.Result),
            record.Reason,
            _memory.Tell(answer.Notices),
            [.. LostChangesOf(record.Transaction.Id), .. answer.Changed.Select(_memory.Tell)]);
        if (question.IsAbandoned)
        {
            TellAgain(record.Transaction.Id, answer.Notices, decided.Changed.Length);
        }

        return _outbox.AddAsync(kept, () => question.Answer(decided));
    }

    /// <summary>What was given to nobody is told again.</summary>
    private void TellAgain(TransactionId transaction, ImmutableArray<Notice> notices, int changeCount = 0)
    {
        if (!notices.IsEmpty || changeCount > 0)
        {
            _next.Enqueue(new Input.Redeliver(transaction));
        }
    }

    private void TellAgain(Effect.UndoAnswered lost)
    {
        var asker = lost.Notices is [var notice, ..] ? notice.Transaction
            : lost.Changed is [var change, ..] ? _memory.Calls.GetValueOrDefault(change.Call)?.Transaction.Id
            : null;
        if (asker is { } transaction)
        {
            TellAgain(transaction, lost.Notices, lost.Changed.Length);
        }
    }

    private ImmutableArray<ToldChange> LostChangesOf(TransactionId? transaction) =>
        transaction is { } id ? _memory.TellLostChanges(id) : [];

    private ToolResult? ResultOf(CallRecord record, CallResult result) => result switch
    {
        CallResult.Applied applied => _memory.AnswerOf(record, applied.Result),
        CallResult.Read read => _memory.AnswerOf(record, read.Result),
        CallResult.Failed failed => _memory.AnswerOf(record, failed.Error),
        _ => null,
    };

    private ValueTask TellAsync(Effect.FinishAnswered finished, CoordinatorInput.Finish asked, Task kept)
    {
        if (_memory.Transactions.TryGetValue(asked.Transaction, out var record))
        {
            record.FinishUntil = null;
        }

        var notices = finished.Result is FinishResult.Waiting waiting ? _memory.Tell(waiting.Notices) : [];
        return _outbox.AddAsync(kept, () => asked.Answer(new FinishAnswer(finished.Result, notices)));
    }
}

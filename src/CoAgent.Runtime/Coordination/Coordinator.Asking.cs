using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Results;

namespace CoAgent.Runtime.Coordination;

/// <content>What is asked of the loop, in the words of the protocol.</content>
public sealed partial class Coordinator
{
    private ValueTask TakeAsync(CoordinatorInput input)
    {
        switch (input)
        {
            case CoordinatorInput.Begin begin:
                return BeginAsync(begin);
            case CoordinatorInput.Propose call:
                return ProposeAsync(call);
            case CoordinatorInput.Prepared prepared:
                return PrepareAsync(prepared);
            case CoordinatorInput.Ended ended:
                _running.Remove(ended.Effect);
                return StepAsync(new JournalEntry.Ended(
                    Now, new Input.Ended(ended.Effect, ended.Outcome), ended.Call, ended.Result, ended.AfterUtf8, ended.Reason));
            case CoordinatorInput.Faulted faulted:
                ExceptionDispatchInfo.Throw(faulted.Fault);
                return ValueTask.CompletedTask;
            case CoordinatorInput.Cancel cancel:
                return CancelAsync(cancel.Question);
            case CoordinatorInput.Snapshot snapshot:
                return ShowAsync(snapshot, _memory.Snapshot());
            case CoordinatorInput.CallsOf of:
                return ShowAsync(of, _memory.CallsOf(of.Transaction));
            case CoordinatorInput.OpenOf of:
                return ShowAsync(of, _memory.State.Order.OpenOf(of.Agent));
            default:
                return AskProtocolAsync(input);
        }
    }

    /// <summary>Tells how things stand, once the next daemon would say the same: what it rests on may not be written yet.</summary>
    private ValueTask ShowAsync<T>(CoordinatorInput.Question<T> question, T shown) =>
        _outbox.AddAsync(_journal.WhenWrittenAsync().AsTask(), () => question.Answer(shown));

    private ValueTask AskProtocolAsync(CoordinatorInput input)
    {
        if (input is CoordinatorInput.Finish early && _memory.TellLostChanges(early.Transaction) is { IsEmpty: false } changed)
        {
            early.Answer(new FinishAnswer(new FinishResult.Waiting([], [], [], [], []), []) { Changed = changed });
            return ValueTask.CompletedTask;
        }

        var request = new RequestId(_lastRequest + 1);
        Input? asked = input switch
        {
            CoordinatorInput.Undo undo => new Input.Undo(request, undo.By, undo.Calls),
            CoordinatorInput.Abort abort => new Input.Abort(request, abort.Transaction),
            CoordinatorInput.Finish finish => new Input.Finish(request, finish.Transaction, finish.Wait > TimeSpan.Zero),
            CoordinatorInput.Resolve resolve => new Input.Resolve(
                request, resolve.By, resolve.Notice, resolve.Decision, KeepsStaleValue(resolve)),
            CoordinatorInput.Release release => new Input.Release(request, release.Quarantine, release.Verdict),
            _ => null,
        };
        if (asked is null)
        {
            return TakePresenceAsync(input);
        }

        _lastRequest++;
        _asked.Add(request, input);
        if (input is CoordinatorInput.Finish { Wait: var wait } waiting && wait > TimeSpan.Zero)
        {
            WaitForFinish(waiting.Transaction, wait);
        }

        return asked is Input.Resolve resolved
            ? StepAsync(new JournalEntry.Resolved(Now, resolved, ReasonOf((CoordinatorInput.Resolve)input)))
            : StepAsync(asked);
    }

    private async ValueTask BeginAsync(CoordinatorInput.Begin begin)
    {
        var (result, kept) = await BeginAsync(begin.Agent, begin.Given);
        await _outbox.AddAsync(kept, () => begin.Answer(result));
    }

    private async ValueTask<(BeginResult Result, Task Kept)> BeginAsync(AgentId agent, Rank? given)
    {
        var (effects, kept) = await TakeAsync(new JournalEntry.Taken(Now, new Input.Begin(agent, given)), Persistence.Written);
        switch (effects.First(effect => effect is Effect.Began or Effect.BeginRefused))
        {
            case Effect.Began(var transaction, var isNew):
                Return(transaction.Id);
                return (new BeginResult.Open(transaction, isNew), kept);
            case Effect.BeginRefused { Refusal: { } refusal }:
                return (new BeginResult.Refused(refusal), kept);
            default:
                return (new BeginResult.Full(_options.Protocol.Limits.TransactionsMax), kept);
        }
    }

    /// <summary>The transaction in which an agent's call is made: the one that it has open, or one that begins now.</summary>
    private async ValueTask<BeginResult> TransactionForAsync(AgentId agent, Rank? given) =>
        _memory.State.Order.OpenOf(agent) is { } open && (given is null || given == open.Rank)
            ? new BeginResult.Open(open, IsNew: false)
            : (await BeginAsync(agent, given)).Result;

    private async ValueTask ProposeAsync(CoordinatorInput.Propose question)
    {
        switch (await TransactionForAsync(question.Proposal.Call.Agent, question.Proposal.Given))
        {
            case BeginResult.Open(var transaction, _):
                await ProposeAsync(question, transaction);
                break;
            case BeginResult.Refused(var refusal):
                question.Answer(new CallAnswer.NotBegun(refusal.Message));
                break;
            case BeginResult.Full full:
                question.Answer(new CallAnswer.NotBegun(full.Message));
                break;
        }
    }

    private async ValueTask ProposeAsync(CoordinatorInput.Propose question, Transaction transaction)
    {
        var (call, _, declaration) = question.Proposal;
        Return(transaction.Id);
        if (!declaration.Call.IsRead && _memory.TellLostChanges(transaction.Id) is { IsEmpty: false } changed)
        {
            // It was decided without knowing them: as a notice would, they come first.
            question.Answer(new CallAnswer.Decided(
                transaction, Position: null, new CallResult.Gated(), Tool: null, Reason: null, Notices: [], changed));
            return;
        }

        _askedCalls.Add(call.Id, question);
        await StepAsync(new JournalEntry.Proposed(
            Now, new Input.Propose(call.Id, transaction.Id, declaration.Call), call, declaration.IsErrorAnOutcome));
    }

    private async ValueTask PrepareAsync(CoordinatorInput.Prepared prepared)
    {
        var entry = new JournalEntry.Prepared(Now, prepared.Effect, prepared.Call, prepared.Before);
        // A replay's intent is on the way to the disk with the decision that it belongs to; the guard of its inverse sees the rest.
        var (_, kept) = await TakeAsync(entry, prepared.IsReplay ? Persistence.Written : Persistence.Flushed);
        prepared.Answer(kept);
    }

    private async ValueTask CancelAsync(CoordinatorInput.Propose call)
    {
        call.IsAbandoned = true;
        if (_askedCalls.ContainsKey(call.Proposal.Call.Id))
        {
            await StepAsync(new Input.Cancel(call.Proposal.Call.Id));
        }
        else if (_memory.Calls.GetValueOrDefault(call.Proposal.Call.Id) is { } answered)
        {
            await StepAsync(new Input.Redeliver(answered.Transaction.Id));
        }
    }

    private static string? ReasonOf(CoordinatorInput.Resolve resolve) => string.IsNullOrWhiteSpace(resolve.Reason)
        ? null
        : resolve.Reason[..Math.Min(resolve.Reason.Length, ReasonCharsMax)];

    private bool KeepsStaleValue(CoordinatorInput.Resolve resolve)
    {
        if (resolve.Decision != NoticeDecision.Keep
            || _memory.State.NoticesOf(resolve.By).FirstOrDefault(notice => notice.Id == resolve.Notice) is not { } notice)
        {
            return false;
        }

        var told = _memory.Tell(notice);
        return told.Entries.Any(entry => entry is { Was: { } was, Now: { } now }
            && told.Candidates.Any(candidate => StaleValue.IsKeptBy(was, now, candidate.Request)));
    }
}

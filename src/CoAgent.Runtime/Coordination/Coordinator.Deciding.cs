using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Results;
using Microsoft.Extensions.Logging;

namespace CoAgent.Runtime.Coordination;

/// <content>The loop: takes inputs, steps the protocol, keeps what happened, and sends out what follows.</content>
public sealed partial class Coordinator
{
    private readonly Dictionary<CallId, CoordinatorInput.Propose> _askedCalls = [];
    private readonly Dictionary<RequestId, CoordinatorInput> _asked = [];
    private readonly Dictionary<EffectId, Task> _running = [];

    /// <summary>Inputs that follow from what was told.</summary>
    private readonly Queue<Input> _next = [];
    private CoordinatorInput? _current;
    private long _lastRequest;

    /// <summary>Whether something was decided since the journal was last asked to flush.</summary>
    private bool _isDecisionUnflushed;

    private async Task DecideAsync(CancellationToken cancellationToken)
    {
        using var timer = _time.CreateTimer(_ => Wake(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer = timer;
        await GoOnAsync();
        await FollowUpAsync();
        while (await _inputs.Reader.WaitToReadAsync(cancellationToken))
        {
            while (_inputs.Reader.TryRead(out var input))
            {
                _current = input;
                await TakeAsync(input);
                await LookAtDeadlinesAsync();
                await FollowUpAsync();
                await RestAsync(_options.RestAfterEntries);
            }
        }
    }

    private async ValueTask FollowUpAsync()
    {
        while (_next.TryDequeue(out var next))
        {
            await StepAsync(next);
        }
    }

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
        switch (await BeginAsync(begin.Agent, begin.Given))
        {
            case (Effect.Began(var transaction, var isNew), var kept):
                await _outbox.AddAsync(kept, () => begin.Answer(new BeginResult.Open(transaction, isNew)));
                break;
            case (Effect.BeginRefused { Refusal: { } refusal }, _):
                begin.Answer(new BeginResult.Refused(refusal));
                break;
            default:
                begin.Answer(new BeginResult.Full(_options.Protocol.Limits.TransactionsMax));
                break;
        }
    }

    private async ValueTask<(Effect Answer, Task Kept)> BeginAsync(AgentId agent, Rank? given)
    {
        var (effects, kept) = await TakeAsync(new JournalEntry.Taken(Now, new Input.Begin(agent, given)), Persistence.Written);
        var answer = effects.First(effect => effect is Effect.Began or Effect.BeginRefused);
        if (answer is Effect.Began(var transaction, _))
        {
            Return(transaction.Id);
        }

        return (answer, kept);
    }

    private async ValueTask ProposeAsync(CoordinatorInput.Propose question)
    {
        var (call, given, declaration) = question.Proposal;
        var transaction = _memory.State.Order.OpenOf(call.Agent);
        if (transaction is null || (given is { } rank && rank != transaction.Rank))
        {
            switch ((await BeginAsync(call.Agent, given)).Answer)
            {
                case Effect.Began began:
                    transaction = began.Transaction;
                    break;
                case Effect.BeginRefused { Refusal: { } refusal }:
                    question.Answer(new CallAnswer.NotBegun(refusal.Message));
                    return;
                default:
                    question.Answer(new CallAnswer.NotBegun(new BeginResult.Full(_options.Protocol.Limits.TransactionsMax).Message));
                    return;
            }
        }

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
        await _outbox.AddAsync(kept, () => prepared.Answer(true));
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

    private ValueTask StepAsync(Input input) => StepAsync(new JournalEntry.Taken(Now, input));

    private async ValueTask StepAsync(JournalEntry entry) => await TakeAsync(entry, Persistence.Ordered);

    /// <summary>Steps the protocol by an entry, keeps the entry, and sends out what follows.</summary>
    private async ValueTask<(ImmutableArray<Effect> Effects, Task Kept)> TakeAsync(JournalEntry entry, Persistence atLeast)
    {
        var effects = _memory.Apply(entry);
        var kept = Keep(entry, effects, atLeast);
        foreach (var effect in effects)
        {
            await SendOutAsync(effect, kept);
        }

        if (_memory.TakeForgotten() is { IsEmpty: false } forgotten)
        {
            var released = new JournalEntry.Released(Now, forgotten);
            _memory.Apply(released);
            await Keep(released, [], Persistence.Ordered);
        }

        return (effects, kept);
    }

    /// <summary>Hands an entry to the journal: answers wait until it is written, inverses until what they were decided by is flushed.</summary>
    private Task Keep(JournalEntry entry, ImmutableArray<Effect> effects, Persistence atLeast)
    {
        _isDecisionUnflushed |= entry is not (JournalEntry.Ended or JournalEntry.Released or JournalEntry.Rested);
        var hasInverse = false;
        foreach (var effect in effects)
        {
            hasInverse |= effect is Effect.Invert;
            atLeast = effect is not (Effect.World or Effect.Held) && atLeast == Persistence.Ordered ? Persistence.Written : atLeast;
        }

        if (hasInverse)
        {
            atLeast = _isDecisionUnflushed ? Persistence.Flushed : Persistence.Written;
        }

        _isDecisionUnflushed &= atLeast != Persistence.Flushed;
        return _journal.AppendAsync(entry, atLeast).AsTask();
    }

    private DateTimeOffset Now => _time.GetUtcNow();

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

    private void Stop(CoordinatorStoppedException reason)
    {
        _inputs.Writer.TryComplete(reason);
        _outbox.Complete();
        _stopping.Cancel();
        _current?.Fail(reason);
        foreach (var asked in _askedCalls.Values.Concat(_asked.Values))
        {
            asked.Fail(reason);
        }

        while (_inputs.Reader.TryRead(out var waiting))
        {
            waiting.Fail(reason);
        }
    }
}

using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Journal;

namespace CoAgent.Runtime.Coordination;

/// <content>The loop: steps the protocol, keeps what happened, and sends out what follows.</content>
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
                Errands.HandOver();
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

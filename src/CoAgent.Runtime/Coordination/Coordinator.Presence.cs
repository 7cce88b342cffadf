using CoAgent.Protocol;
using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <content>Who is there, and what is overdue: leases, graces, finishes that have waited long enough.</content>
public sealed partial class Coordinator
{
    private ITimer? _timer;
    private long? _wakeAt;
    private bool _isDeadlinePassed;

    private async ValueTask TakePresenceAsync(CoordinatorInput input)
    {
        switch (input)
        {
            case CoordinatorInput.Disconnected disconnected when RecordOf(disconnected.Agent) is { } gone:
                (gone.Stage, gone.GoneAt) = (TransactionStage.Disconnected, _time.GetTimestamp());
                WakeIn(_options.DisconnectGrace);
                break;
            case CoordinatorInput.Reconnected reconnected when RecordOf(reconnected.Agent) is { } back:
                Return(back.Transaction.Id);
                break;
            case CoordinatorInput.StopWaiting stop:
                await StepAsync(new Input.WaitEnded(stop.Transaction));
                break;
            case CoordinatorInput.Redeliver redeliver:
                await StepAsync(new Input.Redeliver(redeliver.Transaction));
                break;
            case CoordinatorInput.Disconnected or CoordinatorInput.Reconnected or CoordinatorInput.DeadlinePassed:
                break;
            default:
                throw new InvalidOperationException($"The loop does not know the input {input.GetType().Name}.");
        }
    }

    private TransactionRecord? RecordOf(AgentId agent) =>
        _memory.State.Order.OpenOf(agent) is { } open && _memory.Transactions[open.Id] is { IsAttended: true } record ? record : null;

    /// <summary>An agent is there: its lease begins anew.</summary>
    private void Return(TransactionId transaction)
    {
        if (_memory.Transactions.TryGetValue(transaction, out var record) && record.IsAttended)
        {
            (record.Stage, record.GoneAt, record.TouchedAt) = (TransactionStage.Open, null, _time.GetTimestamp());
            WakeIn(_options.Lease);
        }
    }

    private void WaitForFinish(TransactionId transaction, TimeSpan wait)
    {
        if (_memory.Transactions.TryGetValue(transaction, out var record))
        {
            record.FinishUntil = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
            WakeIn(wait);
        }
    }

    /// <summary>Ends what is overdue when the timer said so, and sees to it that the timer fires for what comes next.</summary>
    private async ValueTask LookAtDeadlinesAsync()
    {
        if (!Interlocked.Exchange(ref _isDeadlinePassed, false))
        {
            return;
        }

        _wakeAt = null;
        var next = TimeSpan.MaxValue;
        foreach (var record in _memory.Transactions.Values.Where(record => record.IsAttended).ToArray())
        {
            var due = await EndOverdueAsync(record);
            next = due < next ? due : next;
        }

        if (next < TimeSpan.MaxValue)
        {
            WakeIn(next);
        }
    }

    /// <returns>How long until a transaction is to be looked at again.</returns>
    private async ValueTask<TimeSpan> EndOverdueAsync(TransactionRecord record)
    {
        var id = record.Transaction.Id;
        if (record.FinishUntil is { } until)
        {
            var left = LeftUntil(until);
            if (left > TimeSpan.Zero)
            {
                return left;
            }

            record.FinishUntil = null;
            await StepAsync(new Input.WaitEnded(id));
        }

        var grace = record.GoneAt is { } goneAt ? _options.DisconnectGrace - _time.GetElapsedTime(goneAt) : TimeSpan.MaxValue;
        if (grace <= TimeSpan.Zero)
        {
            await EndGoneAsync(record);
            return TimeSpan.MaxValue;
        }

        // Waiting in a held call is not idle; from the call's end there is a whole lease to go.
        var lease = record.OpenCallCount > 0 ? _options.Lease : _options.Lease - _time.GetElapsedTime(record.TouchedAt);
        if (lease > TimeSpan.Zero)
        {
            return grace < lease ? grace : lease;
        }

        record.EndsAs = TransactionStage.Expired;
        await StepAsync(new Input.Leave(id));
        return TimeSpan.MaxValue;
    }

    private async ValueTask EndGoneAsync(TransactionRecord record)
    {
        record.EndsAs = TransactionStage.Finished;
        await StepAsync(_options.OnDisconnect switch
        {
            DisconnectPolicy.Finish => new Input.Leave(record.Transaction.Id),
            DisconnectPolicy.Abort => new Input.Abort(new RequestId(++_lastRequest), record.Transaction.Id),
            var other => throw new InvalidOperationException($"No disconnect policy is {other}."),
        });
    }

    private TimeSpan LeftUntil(long timestamp) => _time.GetElapsedTime(_time.GetTimestamp(), timestamp);

    private void WakeIn(TimeSpan due)
    {
        // Rounded up: a timer counts whole milliseconds, and one that fires early would find nothing to do.
        due = TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds));
        var at = _time.GetTimestamp() + (long)(due.TotalSeconds * _time.TimestampFrequency);
        if (_wakeAt is null || at < _wakeAt)
        {
            _wakeAt = at;
            _timer?.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The timer's: the flag is what counts, the input only wakes a loop that has nothing else to read.</summary>
    private void Wake()
    {
        Volatile.Write(ref _isDeadlinePassed, true);
        _inputs.Writer.TryWrite(new CoordinatorInput.DeadlinePassed());
    }
}

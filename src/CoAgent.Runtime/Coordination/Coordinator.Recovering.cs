using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Journal;
using Microsoft.Extensions.Logging;

namespace CoAgent.Runtime.Coordination;

/// <content>
/// Going on where the journal ends (protocol.md, section 9). Reading the journal changes nothing; what is found out then is
/// ended by inputs like any others, so a crash in the middle of it is one more crash.
/// </content>
public sealed partial class Coordinator
{
    private async Task RecallAsync(CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var entry in _journal.ReadSinceRestAsync(cancellationToken))
        {
            _memory.Apply(entry);
            _memory.TakeForgotten();
            count++;
        }

        (_lastCall, _lastRequest) = (_memory.LastCall, _memory.LastRequest);
        await _journal.AppendAsync(Open(), Persistence.Flushed);
        await RestAsync(afterEntries: 0);
        LogRecalled(count, _memory.Transactions.Count, _memory.Out.Count);
    }

    /// <summary>Where nothing is open the state goes on under the options of today, else under those of before.</summary>
    private JournalEntry.Opened Open()
    {
        var isFresh = _memory.Transactions.Count == 0 && _memory.Out.Count == 0;
        var opened = new JournalEntry.Opened(Now, _options.BootId, isFresh ? _options.Protocol : _memory.State.Options, isFresh);
        if (!isFresh && _memory.State.Options != _options.Protocol)
        {
            LogOptionsKept();
        }

        _memory.Apply(opened);
        return opened;
    }

    /// <summary>Ends what was out, lets go of what nobody waits for any more, and tells again what may not have arrived.</summary>
    private async ValueTask GoOnAsync()
    {
        foreach (var (id, (effect, isPrepared)) in _memory.Out.OrderBy(pair => pair.Key.Number).ToArray())
        {
            switch (effect)
            {
                case Effect.Execute { IsReplay: false } when !isPrepared:
                    await EndAsync(id, effect.Call, new Outcome.NotDone(), "The daemon stopped before it began.");
                    break;
                case Effect.Execute when isPrepared:
                case Effect.Invert:
                    await EndAsync(id, effect.Call, new Outcome.Unknown(), "The daemon stopped while it ran.");
                    break;
                default:
                    // Nothing has happened: it is done now.
                    Run(effect, Task.CompletedTask);
                    break;
            }
        }

        foreach (var open in _memory.Calls.Values.Where(record => record.IsOpen).ToArray())
        {
            await StepAsync(new Input.Cancel(open.Call.Id));
        }

        foreach (var record in _memory.Transactions.Values.Where(record => record.IsAttended).ToArray())
        {
            await StepAsync(new Input.WaitEnded(record.Transaction.Id));
            await StepAsync(new Input.Redeliver(record.Transaction.Id));
            Return(record.Transaction.Id);
        }

        if (_memory.IsPowerLossUntold)
        {
            LogPowerLost();
            await StepAsync(new Input.PowerLost());
        }
    }

    /// <summary>Writes down what is left, so that reading can begin here, where nothing is open and enough was written since the last time.</summary>
    private async ValueTask RestAsync(int afterEntries)
    {
        if (_memory.LastEntry - _memory.LastRest >= afterEntries && _memory.IsAtRest)
        {
            await TakeAsync(_memory.Rest(Now), Persistence.Ordered);
        }
    }

    private ValueTask EndAsync(EffectId effect, CallId call, Outcome outcome, string reason) => StepAsync(
        new JournalEntry.Ended(Now, new Input.Ended(effect, outcome), call, Result: null, ReadOnlyMemory<byte>.Empty, reason));

    [LoggerMessage(161, LogLevel.Information, "{Entries} entries of the journal were read: {Transactions} transactions are open, {Effects} effects were out")]
    private partial void LogRecalled(long entries, int transactions, int effects);

    [LoggerMessage(163, LogLevel.Warning, "The machine was started anew while agents were there: they are told that reads of the last moments may be forgotten")]
    private partial void LogPowerLost();

    [LoggerMessage(162, LogLevel.Warning,
        "The options of the protocol have changed; they take effect when the daemon starts and no transaction is open")]
    private partial void LogOptionsKept();
}

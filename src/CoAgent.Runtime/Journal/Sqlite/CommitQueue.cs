namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>What is to be written, who waits for it, and who writes now.</summary>
/// <remarks>
/// The lock is held for some field accesses, never over a write: whoever has taken a batch writes it and gives the turn back. It is a
/// lock and no channel because an append that finds nobody at it is written by its caller, without a hop to another thread.
/// </remarks>
internal sealed class CommitQueue(long lastNumber)
{
    private const int OrderedEntriesMax = 256;
    private const long OrderedBytesMax = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _forWrite = new();
    private readonly Queue<Waiter> _forFlush = new();
    private List<PendingEntry> _pending = [];
    private List<PendingEntry> _spare = [];
    private long _pendingBytes;
    private long _appended = lastNumber;
    private long _written = lastNumber;
    private long _flushed = lastNumber;
    private bool _isWriting;
    private bool _isClosing;
    private Exception? _fault;

    /// <summary>What became of an append.</summary>
    /// <param name="Turn">What the caller is to write itself; null when it is not its turn.</param>
    /// <param name="Done">When it has survived what it has to.</param>
    /// <param name="IsWorkThere">Whether the writing thread has to be woken.</param>
    public readonly record struct Admission(List<PendingEntry>? Turn, Task Done, bool IsWorkThere);

    /// <summary>Puts an entry behind those that wait.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="persistence">What it has to survive.</param>
    /// <param name="mayBeTurn">Whether who appends may write.</param>
    public Admission Append(PendingEntry entry, Persistence persistence, bool mayBeTurn)
    {
        lock (_gate)
        {
            if (Refusal_NeedsLock() is { } refusal)
            {
                return new Admission(null, Task.FromException(refusal), IsWorkThere: false);
            }

            _pending.Add(entry);
            _pendingBytes += entry.BytesTotal;
            _appended++;
            var isTooMuch = _pending.Count > OrderedEntriesMax || _pendingBytes > OrderedBytesMax;
            if (persistence == Persistence.Ordered && !isTooMuch)
            {
                return new Admission(null, Task.CompletedTask, IsWorkThere: false);
            }

            if (persistence == Persistence.Written && !isTooMuch && !_isWriting && mayBeTurn)
            {
                return new Admission(Take_NeedsLock(), Task.CompletedTask, IsWorkThere: false);
            }

            var waiter = new Waiter(_appended);
            (persistence == Persistence.Flushed ? _forFlush : _forWrite).Enqueue(waiter);
            return new Admission(null, waiter.Task, IsWorkThere: true);
        }
    }

    /// <summary>When all that was appended so far is written; fails when nothing can be any more.</summary>
    public Task WhenWritten()
    {
        lock (_gate)
        {
            if (_written == _appended || _fault is not null)
            {
                return _fault is null ? Task.CompletedTask : Task.FromException(_fault);
            }

            var waiter = new Waiter(_appended);
            _forWrite.Enqueue(waiter);
            return waiter.Task;
        }
    }

    /// <summary>Takes the turn to write, with what there is; null when somebody else has it, or there is nothing to write.</summary>
    /// <param name="evenIfEmpty">Whether the turn is wanted also when there is nothing.</param>
    public List<PendingEntry>? TakeTurn(bool evenIfEmpty)
    {
        lock (_gate)
        {
            return _isWriting || _fault is not null || (_pending.Count == 0 && !evenIfEmpty) ? null : Take_NeedsLock();
        }
    }

    /// <summary>Gives the turn back after everything in it was written; true when the writing thread has something to do.</summary>
    public bool EndTurn(List<PendingEntry> turn)
    {
        lock (_gate)
        {
            _isWriting = false;
            _written += turn.Count;
            turn.Clear();
            _spare = turn;
            Waiter.Complete(_forWrite, _written);
            return _forWrite.Count > 0 || _forFlush.Count > 0 || _isClosing;
        }
    }

    /// <summary>Up to which entry a flush is wanted and would bring something; null when none is.</summary>
    public long? WantedFlush()
    {
        lock (_gate)
        {
            return _fault is null && _forFlush.TryPeek(out var first) && first.Number <= _written ? _written : null;
        }
    }

    /// <summary>The disk has everything up to that entry.</summary>
    public void EndFlush(long number)
    {
        lock (_gate)
        {
            _flushed = number;
            Waiter.Complete(_forFlush, _flushed);
        }
    }

    /// <summary>Nothing can be written any more.</summary>
    public void Fail(Exception fault)
    {
        lock (_gate)
        {
            _fault ??= fault;
            _isWriting = false;
            _pending.Clear();
            Waiter.Fail(_forWrite, _fault);
            Waiter.Fail(_forFlush, _fault);
        }
    }

    /// <summary>Takes no more entries.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosing = true;
        }
    }

    /// <summary>Whether it takes no more entries and has none left.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _isClosing && !_isWriting && (_fault is not null || (_pending.Count == 0 && _forFlush.Count == 0));
            }
        }
    }

    private Exception? Refusal_NeedsLock() =>
        _fault ?? (_isClosing ? new ObjectDisposedException(nameof(IJournal), "The journal is closed.") : null);

    private List<PendingEntry> Take_NeedsLock()
    {
        _isWriting = true;
        var turn = _pending;
        _pending = _spare;
        _pendingBytes = 0;
        return turn;
    }

    /// <summary>Somebody who waits until an entry has survived something.</summary>
    private sealed class Waiter(long number) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Number { get; } = number;

        public static void Complete(Queue<Waiter> waiters, long upTo)
        {
            while (waiters.TryPeek(out var first) && first.Number <= upTo)
            {
                waiters.Dequeue().SetResult();
            }
        }

        public static void Fail(Queue<Waiter> waiters, Exception fault)
        {
            while (waiters.TryDequeue(out var waiter))
            {
                waiter.SetException(fault);
            }
        }
    }
}

using Microsoft.Win32.SafeHandles;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Commits entries in groups; flushes them on a thread of its own.</summary>
/// <remarks>
/// <code>
///  append ─┬─ Ordered ─▶ waits for the next commit
///          ├─ Written ─▶ nobody writes: its caller commits all that waits ──────────▶ done
///          │             somebody does: with the next commit
///          └─ Flushed ─▶ the thread: commit all that waits ─▶ flush the log ────────▶ all that were in it, done
///                                        ▲   (the next group gathers)   │
///                                        └──────────────────────────────┘
/// </code>
/// A commit writes pages to the log and does not flush. The flush is one of the log's file, beside SQLite: it covers every commit
/// before it, and who only wants to be written goes on meanwhile. A checkpoint flushes log and database itself before the log
/// begins anew, so that what left the log is on the disk.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly string _path;
    private readonly EntryRows _rows;
    private readonly LogCheckpoint _checkpoint;
    private readonly SafeFileHandle _log;
    private readonly DiskFlush _flush;
    private readonly CommitQueue _queue;
    private readonly AutoResetEvent _work = new(initialState: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _nextCheckpointPages = LogCheckpoint.PagesMax;
    private TaskCompletionSource? _shortened;
    private volatile bool _isTurnWanted; // the log is copied, and nobody may add to it until it has begun anew

    public GroupCommit(JournalFile file, DiskFlush flush, long entriesKept)
    {
        _path = file.Path;
        _flush = flush;
        _rows = new EntryRows(file.Connect(), entriesKept);
        _checkpoint = new LogCheckpoint(file.Connect());
        _rows.Touch();
        _log = file.OpenLog();
        _queue = new CommitQueue(_rows.LastNumber);
        new Thread(Run) { IsBackground = true, Name = "coagent-journal" }.Start();
        _work.Set(); // entries that the process before has not deleted
    }

    /// <summary>The statements that write; for tests that make them fail.</summary>
    internal EntryRows Rows => _rows;

    public ValueTask AppendAsync(PendingEntry entry, Persistence persistence)
    {
        // Where the log is too long by far, its writers wait until it is copied: that is its bound.
        var isLogLong = _rows.LogPages > Volatile.Read(ref _nextCheckpointPages) + LogCheckpoint.PagesMax;
        var admission = _queue.Append(entry, persistence, mayBeTurn: entry.IsQuick && !_isTurnWanted && !isLogLong);
        if (admission.IsWorkThere)
        {
            _work.Set();
        }

        if (admission.Turn is not { } turn)
        {
            return admission.Done.IsCompletedSuccessfully ? default : new ValueTask(admission.Done);
        }

        return Write(turn) is { } fault ? ValueTask.FromException(fault) : default;
    }

    /// <summary>Waits until all that was appended is written.</summary>
    public Task DrainAsync()
    {
        var written = _queue.WhenWritten();
        _work.Set();
        return written;
    }

    /// <summary>Waits until nothing is left of what nobody needs; for tests.</summary>
    internal Task ShortenedAsync()
    {
        var shortened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _shortened, shortened);
        _work.Set();
        return shortened.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        _work.Set();
        await _ended.Task;
        _checkpoint.Dispose();
        _log.Dispose();
        _rows.Dispose();
        _work.Dispose();
    }

    private void Run()
    {
        while (!_queue.IsClosed)
        {
            _work.WaitOne();
            try
            {
                while (Work())
                {
                }

                TellShortened();
            }
#pragma warning disable CA1031 // The edge of a thread: whatever it is, who waits is told.
            catch (Exception failure)
            {
                _queue.Fail(JournalFault.Of(_path, failure));
            }
#pragma warning restore CA1031
        }

        _ended.SetResult();
    }

    /// <summary>Writes and flushes what there is; false when there was nothing.</summary>
    private bool Work()
    {
        var turn = _queue.TakeTurn(evenIfEmpty: false);
        if (turn is not null && Write(turn) is not null)
        {
            return false;
        }

        var wanted = _queue.WantedFlush();
        if (wanted is { } number)
        {
            _flush(_log);
            _queue.EndFlush(number);
        }

        return Checkpoint() || Shorten() || turn is not null || wanted is not null;
    }

    /// <summary>Writes what was taken, on whichever thread; the fault when it could not.</summary>
    private JournalException? Write(List<PendingEntry> turn)
    {
        try
        {
            _rows.Write(turn);
        }
#pragma warning disable CA1031 // Whatever it is: the journal is not what its writers think, and takes nothing more.
        catch (Exception failure)
        {
            var fault = JournalFault.Of(_path, failure);
            _queue.Fail(fault);
            return fault;
        }
#pragma warning restore CA1031

        if (_queue.EndTurn(turn) || _rows.IsTooLong || _rows.LogPages >= Volatile.Read(ref _nextCheckpointPages))
        {
            _work.Set();
        }

        return null;
    }

    /// <summary>Deletes some of the entries that nobody needs; true when it did, and who waits meanwhile is next.</summary>
    private bool Shorten()
    {
        if (!_rows.IsTooLong || _queue.IsClosed || _queue.TakeTurn(evenIfEmpty: true) is not { } turn)
        {
            return false; // whoever writes wakes this thread again; the next start goes on
        }

        _rows.Shorten();
        return Write(turn) is null;
    }

    private void TellShortened()
    {
        if (!_rows.IsTooLong)
        {
            Interlocked.Exchange(ref _shortened, null)?.SetResult();
        }
    }

    /// <summary>Begins the log anew when it is long; true when it was.</summary>
    private bool Checkpoint()
    {
        if (_rows.LogPages < _nextCheckpointPages)
        {
            return false;
        }

        if (!_isTurnWanted)
        {
            _checkpoint.Copy();
            _isTurnWanted = true;
        }

        if (_queue.TakeTurn(evenIfEmpty: true) is not { } turn)
        {
            return false; // whoever writes wakes this thread again
        }

        _isTurnWanted = false;

        if (_checkpoint.Restart())
        {
            _rows.LogIsEmpty();
            _rows.Touch();
            Volatile.Write(ref _nextCheckpointPages, LogCheckpoint.PagesMax);
        }
        else
        {
            Volatile.Write(ref _nextCheckpointPages, _rows.LogPages + LogCheckpoint.PagesMax);
        }

        Write(turn);
        return true;
    }
}

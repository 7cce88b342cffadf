using System.Runtime.CompilerServices;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Codec;
using CoAgent.Runtime.Journal.Sqlite;
using CoAgent.Runtime.Tools;

namespace CoAgent.Simulated.Journals;

/// <summary>A journal whose disk is this process: it forgets what a real one may forget, when a test says so.</summary>
/// <remarks>
/// Entries pass through the codec, as they do on a disk. What it was given it keeps, also where it was released, because the release
/// may be forgotten. A flush is as long as the one that was given, at once where none was.
/// </remarks>
/// <param name="flush">What a flush waits for; a journal whose flush throws takes nothing more.</param>
public sealed class MemoryJournal(Func<ValueTask>? flush = null) : IJournal
{
    private readonly Lock _gate = new();
    private readonly List<PendingEntry> _given = [];
    private readonly List<StoredEntry> _stored = [];
    private readonly Dictionary<long, List<int>> _detailed = [];
    private readonly Dictionary<ContentId, KeptContent> _contents = [];
    private readonly Dictionary<long, HashSet<ContentId>> _uses = [];
    private int _written;
    private int _flushed;
    private Task? _flushing;
    private Exception? _fault;

    /// <summary>How many entries there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _given.Count;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(JournalEntry entry, Persistence persistence)
    {
        var pending = PendingEntry.Of(entry);
        int number;
        lock (_gate)
        {
            if (_fault is not null)
            {
                throw _fault;
            }

            Keep_NeedsLock(pending);
            number = _given.Count;
            _written = persistence == Persistence.Ordered ? _written : number;
        }

        if (persistence == Persistence.Flushed)
        {
            await FlushAsync(number);
        }
    }

    /// <inheritdoc/>
    public ValueTask WhenWrittenAsync()
    {
        lock (_gate)
        {
            _written = _fault is null ? _given.Count : _written;
            return _fault is null ? ValueTask.CompletedTask : ValueTask.FromException(_fault);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JournalEntry> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        StoredEntry[] entries;
        lock (_gate)
        {
            entries = [.. _stored];
            _written = _given.Count;
        }

        for (var i = 0; i < entries.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return JournalCodec.Decode(entries[i], i + 1, writer: null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _contents.TryGetValue(id, out var found)
                ? new ValueTask<ReadOnlyMemory<byte>>(found.Bytes)
                : throw new KeyNotFoundException($"The journal has no content {id}: it was never kept, or was released.");
        }
    }

    /// <summary>What the next process finds. This one stays as it is and takes nothing more.</summary>
    /// <param name="keepsWritten">Whether only the process ended; else the power was lost and what was not flushed is gone.</param>
    /// <param name="keptBeyond">How many of the entries that may be gone are there all the same: those that came first.</param>
    /// <param name="nextFlush">What a flush waits for from then on.</param>
    public MemoryJournal Crash(bool keepsWritten, int keptBeyond = 0, Func<ValueTask>? nextFlush = null)
    {
        lock (_gate)
        {
            _fault ??= new ObjectDisposedException(nameof(MemoryJournal), "The process of this journal has ended.");
            var next = new MemoryJournal(nextFlush);
            foreach (var entry in _given.Take((keepsWritten ? _written : _flushed) + keptBeyond))
            {
                next.Keep_NeedsLock(entry);
            }

            next._written = next._flushed = next._given.Count;
            return next;
        }
    }

    /// <summary>The disk does not work from now on.</summary>
    public void Break(JournalException fault)
    {
        lock (_gate)
        {
            _fault ??= fault;
        }
    }

    /// <summary>Takes nothing more; everything is kept.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _written = _given.Count;
            _flushed = _fault is null ? _written : _flushed;
            _fault ??= new ObjectDisposedException(nameof(MemoryJournal), "The journal is closed.");
        }

        return ValueTask.CompletedTask;
    }

    private void Keep_NeedsLock(PendingEntry entry)
    {
        var call = entry.Stored.Call;
        if (call is { } preparing && entry.Captured is { } captured)
        {
            Replace_NeedsLock(preparing, captured);
        }

        if (call is { } detailed && !entry.Stored.Detail.IsEmpty)
        {
            (_detailed.TryGetValue(detailed, out var entries) ? entries : _detailed[detailed] = []).Add(_stored.Count);
        }

        _given.Add(entry);
        _stored.Add(entry.Stored);
        foreach (var released in entry.Released)
        {
            Replace_NeedsLock(released.Number, []);
            _detailed.Remove(released.Number, out var entries);
            entries?.ForEach(i => _stored[i] = _stored[i] with { Detail = default });
        }
    }

    private void Replace_NeedsLock(long call, IReadOnlyCollection<Content> contents)
    {
        _uses.Remove(call, out var former);
        foreach (var content in contents)
        {
            if (!_contents.TryGetValue(content.Id, out var kept))
            {
                kept = new KeptContent(content.IsKnown ? throw Missing_NeedsLock(content.Id) : content.Bytes.ToArray(), []);
                _contents.Add(content.Id, kept);
            }

            kept.Calls.Add(call);
        }

        var uses = contents.Select(static content => content.Id).ToHashSet();
        foreach (var id in former?.Except(uses) ?? [])
        {
            if (_contents[id].Calls.Remove(call) && _contents[id].Calls.Count == 0)
            {
                _contents.Remove(id);
            }
        }

        if (uses.Count > 0)
        {
            _uses.Add(call, uses);
        }
    }

    private Exception Missing_NeedsLock(ContentId id) => _fault = JournalFault.ContentMissing(id);

    private async Task FlushAsync(int number)
    {
        while (true)
        {
            Task running;
            lock (_gate)
            {
                if (_fault is not null)
                {
                    throw _fault;
                }

                if (_flushed >= number)
                {
                    return;
                }

                running = _flushing ?? Begin_NeedsLock();
            }

            await running;
        }
    }

    private Task Begin_NeedsLock()
    {
        var running = FlushOnceAsync(_given.Count);
        _flushing = running.IsCompleted ? null : running;
        return running;
    }

    private async Task FlushOnceAsync(int number)
    {
        try
        {
            await (flush?.Invoke() ?? ValueTask.CompletedTask);
        }
        catch (IOException failure)
        {
            Break(JournalFault.Of("in memory", failure));
        }

        lock (_gate)
        {
            _flushed = _fault is null ? number : _flushed;
            _flushing = null;
        }
    }

    private sealed record KeptContent(ReadOnlyMemory<byte> Bytes, HashSet<long> Calls);
}

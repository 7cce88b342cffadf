using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;
using CoAgent.Simulation.Running;

namespace CoAgent.Simulation.Worlds;

/// <summary>What is left of a journal when its daemon is gone.</summary>
internal sealed class SimulatedDisk
{
    /// <summary>What survives.</summary>
    public List<JournalEntry> Kept { get; } = [];

    public Dictionary<ContentId, ReadOnlyMemory<byte>> Contents { get; } = [];
}

/// <summary>A journal over a disk that takes time, and a daemon that can be killed at any entry.</summary>
internal sealed class SimulatedJournal(SimulatedDisk disk, SimulatedTime time, Random random, int entriesMax, Action kill) : IJournal
{
    private readonly List<JournalEntry> _buffered = [];
    private Task _last = Task.CompletedTask;
    private int _appendedCount;
    private int _writtenCount;
    private bool _isDead;

    public ValueTask AppendAsync(JournalEntry entry, Persistence persistence)
    {
        if (_isDead)
        {
            return new ValueTask(new TaskCompletionSource().Task); // nobody is there any more to be told
        }

        _buffered.Add(entry);
        if (++_appendedCount >= entriesMax)
        {
            Die();
            return new ValueTask(new TaskCompletionSource().Task);
        }

        if (persistence == Persistence.Ordered)
        {
            return ValueTask.CompletedTask;
        }

        _last = WriteAsync(_appendedCount, persistence, _last);
        return new ValueTask(_last);
    }

    public ValueTask WhenWrittenAsync() => _isDead
        ? new ValueTask(new TaskCompletionSource().Task)
        : new ValueTask(_last = WriteAsync(_appendedCount, Persistence.Written, _last));

    public async IAsyncEnumerable<JournalEntry> ReadAllAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in disk.Kept.ToArray())
        {
            yield return entry;
        }

        await Task.CompletedTask;
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(disk.Contents[id]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The daemon is killed: of what was not written yet some may be there, never a later entry without those before it.</summary>
    public void Die()
    {
        if (!_isDead)
        {
            _isDead = true;
            disk.Kept.AddRange(_buffered.Take(random.Next(_buffered.Count + 1)));
            _buffered.Clear();
            kill();
        }
    }

    private async Task WriteAsync(int through, Persistence persistence, Task before)
    {
        if (persistence == Persistence.Flushed || random.Next(4) == 0)
        {
            await time.DelayAsync(TimeSpan.FromMilliseconds(random.Next(1, 10)), CancellationToken.None);
        }

        await before;
        if (_isDead)
        {
            await new TaskCompletionSource().Task;
        }

        var count = through - _writtenCount;
        disk.Kept.AddRange(_buffered.Take(count));
        _buffered.RemoveRange(0, count);
        _writtenCount = through;
    }
}

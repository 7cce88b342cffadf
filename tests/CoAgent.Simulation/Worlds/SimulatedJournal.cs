using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;
using CoAgent.Simulation.Running;

namespace CoAgent.Simulation.Worlds;

/// <summary>A journal over a disk that takes time, and a daemon that can be killed at any entry.</summary>
internal sealed class SimulatedJournal(SimulatedDisk disk, SimulatedTime time, Random random, int entriesMax, Action kill) : IJournal
{
    private readonly List<JournalEntry> _buffered = [];
    private Task _last = Task.CompletedTask;
    private int _appendedCount;
    private int _writtenCount;
    private int _entriesMax = entriesMax;
    private bool _isDead;

    /// <summary>Kills the daemon so many entries from now.</summary>
    public void KillAfter(int entries) => _entriesMax = _appendedCount + entries;

    public ValueTask AppendAsync(JournalEntry entry, Persistence persistence)
    {
        if (_isDead)
        {
            return new ValueTask(new TaskCompletionSource().Task); // nobody is there any more to be told
        }

        _buffered.Add(entry);
        if (++_appendedCount >= _entriesMax)
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

    public IAsyncEnumerable<JournalEntry> ReadAllAsync(CancellationToken cancellationToken) => disk.ReadAll().ToAsyncEnumerable();

    public IAsyncEnumerable<JournalEntry> ReadSinceRestAsync(CancellationToken cancellationToken) =>
        disk.ReadSinceRest().ToAsyncEnumerable();

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(disk.Contents[id]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The daemon is killed: of what was not written yet some may be there, never a later entry without those before it.</summary>
    public void Die()
    {
        if (!_isDead)
        {
            _isDead = true;
            disk.Keep(_buffered.Take(random.Next(_buffered.Count + 1)));
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
        disk.Keep(_buffered.Take(count));
        _buffered.RemoveRange(0, count);
        _writtenCount = through;
    }
}

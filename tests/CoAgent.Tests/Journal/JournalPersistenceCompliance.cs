using CoAgent.Runtime.Journal;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>What every journal keeps to: what an append has survived.</summary>
public abstract class JournalPersistenceCompliance : JournalSuite
{
    private protected JournalPersistenceCompliance(JournalStore store)
        : base(store)
    {
    }

    [Fact]
    public async Task What_was_written_survives_the_end_of_the_process_and_takes_along_what_came_before()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(3), Persistence.Written);
        await Store.KillAsync();
        Assert.Equal([1, 2, 3], await NumbersAsync(Journal));
    }

    [Fact]
    public async Task What_was_only_ordered_is_never_there_without_what_came_before()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Written);
        await Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(3), Persistence.Ordered);
        await Store.KillAsync();
        var left = await NumbersAsync(Journal);
        Assert.Equal(Enumerable.Range(1, left.Count).Select(static number => (long)number), left);
        Assert.NotEmpty(left);
    }

    [Fact]
    public async Task What_was_flushed_survives_a_loss_of_power_and_takes_along_what_came_before()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(2), Persistence.Written);
        await Journal.AppendAsync(Prepared(4, Bytes("before")), Persistence.Flushed);
        await Journal.AppendAsync(Numbered(3), Persistence.Written);
        await Store.CutPowerAsync();
        Assert.Equal([1, 2, -1], await NumbersAsync(Journal));
        Assert.Equal("before", await TextAsync(Journal, Bytes("before")));
    }

    [Fact]
    public async Task An_append_is_not_flushed_before_its_flush_has_ended()
    {
        Store.Flushes.Hold();
        var flushed = Journal.AppendAsync(Numbered(1), Persistence.Flushed).AsTask();
        await Store.Flushes.HeldAsync();
        Assert.False(flushed.IsCompleted);
        Store.Flushes.Release();
        await flushed;
    }

    [Fact]
    public async Task Nobody_who_only_wants_to_be_written_waits_for_a_flush()
    {
        Store.Flushes.Hold();
        var flushed = Journal.AppendAsync(Numbered(1), Persistence.Flushed).AsTask();
        await Store.Flushes.HeldAsync();
        await Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(3), Persistence.Written);
        Assert.False(flushed.IsCompleted);
        Assert.Equal([1, 2, 3], await NumbersAsync(Journal));
        Store.Flushes.Release();
        await flushed;
    }

    [Fact]
    public async Task What_comes_while_a_flush_runs_shares_the_next_one()
    {
        Store.Flushes.Hold();
        var first = Journal.AppendAsync(Numbered(0), Persistence.Flushed).AsTask();
        await Store.Flushes.HeldAsync();
        var others = Enumerable.Range(1, 64).Select(i => Journal.AppendAsync(Numbered(i), Persistence.Flushed).AsTask()).ToArray();
        Assert.Equal(1, Store.Flushes.Count);
        Store.Flushes.Release();
        await first;
        await Task.WhenAll(others);
        Assert.Equal(2, Store.Flushes.Count);
        Assert.Equal(Enumerable.Range(0, 65).Select(static number => (long)number), await NumbersAsync(Journal));
    }

    [Fact]
    public async Task A_written_append_flushes_nothing_and_a_flushed_one_flushes_once()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Written);
        await Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        Assert.Equal(0, Store.Flushes.Count);
        await Journal.AppendAsync(Numbered(3), Persistence.Flushed);
        Assert.Equal(1, Store.Flushes.Count);
    }
}

public sealed class MemoryJournalPersistenceTests() : JournalPersistenceCompliance(new MemoryStore());

public sealed class SqliteJournalPersistenceTests() : JournalPersistenceCompliance(new SqliteStore());

using CoAgent.Runtime.Journal;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>What every journal keeps to: when it takes nothing more.</summary>
public abstract class JournalFaultCompliance : JournalSuite
{
    private protected JournalFaultCompliance(JournalStore store)
        : base(store)
    {
    }

    [Fact]
    public async Task After_a_full_disk_every_append_fails_and_what_was_acknowledged_is_there()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Flushed);
        Store.FillDisk();
        var refused = await Assert.ThrowsAsync<JournalException>(async () =>
        {
            for (var i = 2; i < 10_000; i++)
            {
                await Journal.AppendAsync(Proposed(i, LongText), Persistence.Written);
            }
        });
        Assert.Contains("Free some space", refused.Message, StringComparison.Ordinal);
        foreach (var level in Enum.GetValues<Persistence>())
        {
            Assert.Same(refused, await Assert.ThrowsAsync<JournalException>(async () => await Journal.AppendAsync(Numbered(9), level)));
        }

        await Store.KillAsync();
        Assert.Equal(1, (await NumbersAsync(Journal))[0]);
        await Journal.AppendAsync(Numbered(3), Persistence.Flushed);
    }

    [Fact]
    public async Task A_flush_that_fails_fails_who_waits_for_it_and_all_later_appends()
    {
        Store.Flushes.Hold();
        var first = Journal.AppendAsync(Numbered(1), Persistence.Flushed).AsTask();
        await Store.Flushes.HeldAsync();
        var second = Journal.AppendAsync(Numbered(2), Persistence.Flushed).AsTask();
        Store.Flushes.Break("the disk is gone");
        Store.Flushes.Release();
        var refused = await Assert.ThrowsAsync<JournalException>(() => first);
        Assert.Contains("(the disk is gone). Look into the disk and start again", refused.Message, StringComparison.Ordinal);
        Assert.Same(refused, await Assert.ThrowsAsync<JournalException>(() => second));
        await Assert.ThrowsAsync<JournalException>(async () => await Journal.AppendAsync(Numbered(3), Persistence.Ordered));
        Assert.Equal(1, Store.Flushes.Count);
    }

    [Fact]
    public async Task A_closed_journal_takes_nothing_more()
    {
        await Journal.DisposeAsync();
        await Journal.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Journal.AppendAsync(Numbered(1), Persistence.Ordered));
    }
}

public sealed class MemoryJournalFaultTests() : JournalFaultCompliance(new MemoryStore());

public sealed class SqliteJournalFaultTests() : JournalFaultCompliance(new SqliteStore());

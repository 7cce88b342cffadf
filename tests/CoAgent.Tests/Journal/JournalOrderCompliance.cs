using CoAgent.Runtime.Journal;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>What every journal keeps to: entries come back, in order.</summary>
public abstract class JournalOrderCompliance : JournalSuite
{
    private protected JournalOrderCompliance(JournalStore store)
        : base(store)
    {
    }

    [Fact]
    public async Task A_new_journal_is_empty() => Assert.Empty(await AllAsync(Journal));

    [Fact]
    public async Task Entries_come_back_as_they_were_in_the_order_in_which_they_were_appended()
    {
        JournalEntry[] entries =
        [
            Proposed(1, "{}"), Numbered(5), Proposed(2, LongText), Prepared(2), Ended(2, LongText), Ended(1, "{\"a\":1}"), Numbered(6),
        ];
        Persistence[] levels = [Persistence.Ordered, Persistence.Written, Persistence.Flushed];
        for (var i = 0; i < entries.Length; i++)
        {
            await Journal.AppendAsync(entries[i], levels[i % levels.Length]);
        }

        Assert.Equal(entries.Select(Dump.Of), (await AllAsync(Journal)).Select(Dump.Of));
        await Store.ReopenAsync();
        Assert.Equal(entries.Select(Dump.Of), (await AllAsync(Journal)).Select(Dump.Of));
    }

    [Fact]
    public async Task What_is_opened_again_goes_on_behind_what_there_was()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Ordered);
        await Store.ReopenAsync();
        await Journal.AppendAsync(Numbered(2), Persistence.Written);
        await Store.KillAsync();
        await Journal.AppendAsync(Numbered(3), Persistence.Flushed);
        Assert.Equal([1, 2, 3], await NumbersAsync(Journal));
    }

    [Fact]
    public async Task A_reader_sees_what_there_was_when_it_began_while_others_write()
    {
        for (var i = 0; i < 500; i++)
        {
            await Journal.AppendAsync(Numbered(i), Persistence.Ordered);
        }

        await Journal.AppendAsync(Proposed(900, LongText), Persistence.Ordered);
        var read = new List<JournalEntry>();
        await foreach (var entry in Journal.ReadAllAsync(CancellationToken.None))
        {
            if (read.Count == 0)
            {
                await Journal.AppendAsync(Numbered(1_000), Persistence.Written);
                await Journal.AppendAsync(Released(900), Persistence.Flushed);
            }

            read.Add(entry);
        }

        Assert.Equal(501, read.Count);
        Assert.Equal(Dump.Of(Proposed(900, LongText)), Dump.Of(read[^1]));
        Assert.Equal(503, (await AllAsync(Journal)).Length);
    }

    [Fact]
    public async Task A_reader_that_is_cancelled_stops()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Written);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Journal.ReadAllAsync(cancelled.Token))
            {
            }
        });
    }
}

public sealed class MemoryJournalOrderTests() : JournalOrderCompliance(new MemoryStore());

public sealed class SqliteJournalOrderTests() : JournalOrderCompliance(new SqliteStore());

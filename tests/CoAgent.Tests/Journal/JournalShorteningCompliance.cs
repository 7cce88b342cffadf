using CoAgent.Runtime.Journal;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>What every journal keeps to: where reading can begin, and which entries go.</summary>
public abstract class JournalShorteningCompliance : JournalSuite
{
    /// <summary>How many entries the journals of this suite keep at least.</summary>
    protected const int EntriesKept = 5;

    private protected JournalShorteningCompliance(JournalStore store)
        : base(store)
    {
    }

    [Fact]
    public async Task Who_goes_on_reads_from_where_nothing_was_open_last()
    {
        await FillAsync("..r..r.");
        Assert.Equal([Rest(6), 7], NumbersOf(await SinceRestAsync(Journal)));
        Assert.Equal(Dump.Of(Rested(6)), Dump.Of((await SinceRestAsync(Journal))[0]));
        await Store.ReopenAsync();
        Assert.Equal([Rest(6), 7], NumbersOf(await SinceRestAsync(Journal)));
    }

    [Fact]
    public async Task Where_something_was_always_open_all_is_read_and_nothing_goes()
    {
        await FillAsync("............");
        Assert.Equal(Enumerable.Range(1, 12).Select(static number => (long)number), NumbersOf(await SinceRestAsync(Journal)));
        Assert.Equal(12, (await AllAsync(Journal)).Length);
    }

    [Fact]
    public async Task Entries_go_before_the_latest_rest_that_leaves_as_many_as_are_kept()
    {
        await FillAsync("..r...r.");
        Assert.Equal([1, 2, Rest(3), 4, 5, 6, Rest(7), 8], NumbersOf(await AllAsync(Journal))); // from the fourth on there are 5
        await FillAsync("r", from: 9);
        Assert.Equal([Rest(3), 4, 5, 6, Rest(7), 8, Rest(9)], NumbersOf(await AllAsync(Journal)));
        await FillAsync("..r", from: 10);
        Assert.Equal([Rest(7), 8, Rest(9), 10, 11, Rest(12)], NumbersOf(await AllAsync(Journal)));
    }

    [Fact]
    public async Task What_has_gone_stays_gone_and_what_follows_is_numbered_on()
    {
        await FillAsync("..r....r");
        await Store.ReopenAsync();
        await FillAsync(".", from: 9);
        await Store.KillAsync();
        await FillAsync("r", from: 10);
        await Store.CutPowerAsync();
        Assert.Equal([Rest(3), 4, 5, 6, 7, Rest(8), 9, Rest(10)], NumbersOf(await AllAsync(Journal)));
        Assert.Equal([Rest(10)], NumbersOf(await SinceRestAsync(Journal)));
    }

    [Fact]
    public async Task What_a_call_has_captured_outlives_its_entry()
    {
        await Journal.AppendAsync(Prepared(1, Bytes("one")), Persistence.Flushed);
        await FillAsync(".r.....r", from: 2);
        Assert.Equal(Rest(3), NumbersOf(await AllAsync(Journal))[0]);
        Assert.Equal("one", await TextAsync(Journal, Bytes("one")));
    }

    /// <summary>Appends entries, one a character: an <c>r</c> where nothing is open. What nobody needs then has gone when it returns.</summary>
    private async Task FillAsync(string entries, int from = 1)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            await Journal.AppendAsync(entries[i] == 'r' ? Rested(from + i) : Numbered(from + i), Persistence.Flushed);
        }

        await Store.ShortenedAsync();
    }

    private static long Rest(long number) => -number;

    private static long[] NumbersOf(IEnumerable<JournalEntry> entries) =>
        [.. entries.Select(static entry => entry is JournalEntry.Rested rested ? Rest(rested.Number) : NumberOf(entry))];
}

public sealed class MemoryJournalShorteningTests() : JournalShorteningCompliance(new MemoryStore(EntriesKept));

public sealed class SqliteJournalShorteningTests() : JournalShorteningCompliance(new SqliteStore(entriesKept: EntriesKept));

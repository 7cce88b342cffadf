using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Sqlite;
using Microsoft.Data.Sqlite;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>How the oldest entries of a journal in a file go.</summary>
public sealed class OldestEntriesTests : IAsyncLifetime
{
    private const int EntriesKept = 100;
    private const int RestEvery = 50;

    private readonly SqliteStore _store = new(entriesKept: EntriesKept);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task They_go_in_as_many_steps_as_it_takes()
    {
        await FillAsync(1, 7 * OldestEntries.StepEntries, restEvery: 7 * OldestEntries.StepEntries);
        await FillAsync((7 * OldestEntries.StepEntries) + 1, EntriesKept, restEvery: EntriesKept / 2);
        await _store.ShortenedAsync();
        Assert.Equal(7 * OldestEntries.StepEntries, Assert.IsType<JournalEntry.Rested>((await AllAsync(_store.Journal))[0]).Number);
    }

    [Fact]
    public async Task The_file_does_not_grow_with_what_was_written()
    {
        await FillAsync(1, 5_000, RestEvery);
        await _store.ReopenAsync();
        var once = new FileInfo(_store.Path).Length;
        await FillAsync(5_001, 20_000, RestEvery);
        await _store.ReopenAsync();
        Assert.InRange(new FileInfo(_store.Path).Length, 1, 2 * once);
    }

    [Fact]
    public async Task Who_goes_on_reads_nothing_of_what_was_before()
    {
        await FillAsync(1, 3 * RestEvery, RestEvery);
        await RunAsync("UPDATE entries SET body = x'' WHERE seq < 150");
        Assert.Equal(150, Assert.IsType<JournalEntry.Rested>(Assert.Single(await SinceRestAsync(_store.Journal))).Number);
        await Assert.ThrowsAsync<JournalException>(() => AllAsync(_store.Journal));
    }

    [Fact]
    public async Task Where_a_deletion_was_interrupted_reading_begins_at_a_rest_and_the_next_start_goes_on()
    {
        await FillAsync(1, EntriesKept - 1, RestEvery); // nothing may go yet
        await RunAsync("DELETE FROM entries WHERE seq < 20");
        Assert.Equal(RestEvery, await FirstNumberAsync());
        Assert.Equal("20", AskFirst());
        await using var next = SqliteJournal.Open(Copy(), Durability.Process, static _ => { }, entriesKept: 10);
        await next.Commits.ShortenedAsync();
        Assert.Equal($"{RestEvery}", AskFirst(CopyPath));
    }

    [Fact]
    public async Task A_beginning_that_is_gone_without_a_rest_is_damage()
    {
        await FillAsync(1, 20, restEvery: 1_000);
        await RunAsync("DELETE FROM entries WHERE seq < 5");
        var told = await Assert.ThrowsAsync<JournalException>(() => AllAsync(_store.Journal));
        Assert.StartsWith("Entry 1 of the journal is damaged: it is not there.", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_that_names_another_number_is_damage()
    {
        await _store.Journal.AppendAsync(Rested(7), Persistence.Written);
        var told = await Assert.ThrowsAsync<JournalException>(() => AllAsync(_store.Journal));
        Assert.StartsWith("Entry 1 of the journal is damaged: it says that it is entry 7.", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_follows_a_journal_reads_on_behind_what_it_has_read()
    {
        await FillAsync(1, 10, restEvery: 4);
        Assert.Equal(new long[] { 8, 9, 10 }, await NumbersAfterAsync(7));
        Assert.Empty(await NumbersAfterAsync(10));
        var gone = await Assert.ThrowsAsync<JournalException>(() => NumbersAfterAsync(11));
        Assert.EndsWith("has begun anew, or what was read last is no longer kept. Start again.", gone.Message, StringComparison.Ordinal);
    }

    private string CopyPath => _store.Path + ".copy";

    /// <summary>The journal as another process finds it.</summary>
    private string Copy()
    {
        SqliteStore.Copy(_store.Path, CopyPath);
        return CopyPath;
    }

    private async Task<long> FirstNumberAsync() => Assert.IsType<JournalEntry.Rested>((await AllAsync(_store.Journal))[0]).Number;

    private string? AskFirst(string? path = null)
    {
        using var connection = Connect(path ?? _store.Path);
        return connection.Ask("SELECT min(seq) FROM entries");
    }

    private async Task<long[]> NumbersAfterAsync(long after)
    {
        var numbers = new List<long>();
        await foreach (var entry in SqliteJournal.ReadFileAsync(_store.Path, after, CancellationToken.None))
        {
            numbers.Add(entry is JournalEntry.Rested rested ? rested.Number : NumberOf(entry));
        }

        return [.. numbers];
    }

    private async Task FillAsync(int from, int count, int restEvery)
    {
        for (var number = from; number < from + count; number++)
        {
            var persistence = number < from + count - 1 ? Persistence.Ordered : Persistence.Written;
            await _store.Journal.AppendAsync(number % restEvery == 0 ? Rested(number) : Numbered(number), persistence);
        }
    }

    /// <summary>Changes the file while no journal has it.</summary>
    private async Task RunAsync(string sql)
    {
        await _store.Journal.DisposeAsync();
        using (var connection = Connect(_store.Path))
        {
            connection.Run(sql);
        }

        await _store.ReopenAsync();
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}

using CoAgent.Runtime.Journal;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>Reading a journal that is somebody else's.</summary>
public sealed class JournalReadingTests : IAsyncLifetime
{
    private readonly SqliteStore _store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task One_that_is_being_written_is_read_as_it_was_when_the_reader_began()
    {
        await _store.Journal.AppendAsync(Numbered(1), Persistence.Written);
        await _store.Journal.AppendAsync(Numbered(2), Persistence.Written);
        var read = new List<long>();
        await foreach (var entry in SqliteJournal.ReadFileAsync(_store.Path, CancellationToken.None))
        {
            await _store.Journal.AppendAsync(Numbered(9), Persistence.Flushed);
            read.Add(NumberOf(entry));
        }

        Assert.Equal([1, 2], read);
        Assert.Equal([1, 2, 9, 9], await NumbersAsync(_store.Journal));
    }

    [Fact]
    public async Task One_that_was_closed_is_read_and_nothing_is_made_beside_it()
    {
        await _store.Journal.AppendAsync(Numbered(1), Persistence.Ordered);
        await _store.Journal.DisposeAsync();
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "a b#c?d%20.db");
        File.Copy(_store.Path, path);
        var before = await File.ReadAllBytesAsync(path);
        Assert.Equal([1], await NumbersAsync(path));
        Assert.Equal([path], Directory.GetFiles(directory.Path));
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task One_that_a_crash_left_is_read_with_its_log_and_stays_as_it_is()
    {
        await _store.Journal.AppendAsync(Numbered(1), Persistence.Written);
        await _store.Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "journal.db");
        SqliteStore.Copy(_store.Path, path);
        var (database, log) = (await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(path + "-wal"));
        Assert.Equal([1], await NumbersAsync(path));
        Assert.Equal(database, await File.ReadAllBytesAsync(path));
        Assert.Equal(log, await File.ReadAllBytesAsync(path + "-wal"));
    }

    private static async Task<IReadOnlyList<long>> NumbersAsync(string path)
    {
        var numbers = new List<long>();
        await foreach (var entry in SqliteJournal.ReadFileAsync(path, CancellationToken.None))
        {
            numbers.Add(NumberOf(entry));
        }

        return numbers;
    }

    private static Task<IReadOnlyList<long>> NumbersAsync(IJournal journal) => Entries.NumbersAsync(journal);
}

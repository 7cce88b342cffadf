using System.Runtime.Versioning;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Sqlite;
using CoAgent.Tests.Processes;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>What a journal in a file keeps to beyond what all journals do.</summary>
[SupportedOSPlatform("linux")]
public sealed class SqliteJournalTests : IAsyncLifetime
{
    private readonly SqliteStore _store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _store.Flushes.Release();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Its_files_are_for_their_owner_alone()
    {
        const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await _store.Journal.AppendAsync(Numbered(1), Persistence.Written);
        var directory = Path.GetDirectoryName(_store.Path)!;
        Assert.Equal(OwnersFile | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        var files = Directory.GetFiles(directory);
        Assert.Contains(_store.Path + "-wal", files);
        Assert.All(files, static file => Assert.Equal(OwnersFile, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Files_that_others_could_read_are_mended()
    {
        await _store.Journal.DisposeAsync();
        File.SetUnixFileMode(_store.Path, (UnixFileMode)0b110_100_100);
        await _store.ReopenAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_store.Path));
    }

    [Fact]
    public async Task With_the_durability_of_the_process_nothing_is_flushed()
    {
        await using var store = new SqliteStore(Durability.Process);
        await store.Journal.AppendAsync(Numbered(1), Persistence.Flushed);
        Assert.Equal(0, store.Flushes.Count);
        await store.KillAsync();
        Assert.Equal([1], await NumbersAsync(store.Journal));
    }

    [Fact]
    public async Task A_log_that_is_cut_anywhere_leaves_a_beginning()
    {
        for (var i = 1; i <= 30; i++)
        {
            await _store.Journal.AppendAsync(Numbered(i), i % 3 == 0 ? Persistence.Ordered : Persistence.Written);
        }

        using var directory = new TemporaryDirectory();
        var source = Path.Combine(directory.Path, "source.db");
        SqliteStore.Copy(_store.Path, source);
        var log = await File.ReadAllBytesAsync(source + "-wal");
        var last = 0;
        for (var length = 0; length <= log.Length; length = length == log.Length ? length + 1 : Math.Min(log.Length, length + 2_777))
        {
            var path = Path.Combine(directory.Path, $"{length}.db");
            File.Copy(source, path);
            await File.WriteAllBytesAsync(path + "-wal", log.AsMemory(0, length));
            await using var journal = await SqliteJournal.OpenAsync(path, Durability.Full, CancellationToken.None);
            var left = await NumbersAsync(journal);
            Assert.Equal(Enumerable.Range(1, left.Count).Select(static number => (long)number), left);
            Assert.True(left.Count >= last, "A longer log has as many entries.");
            last = left.Count;
        }

        Assert.Equal(29, last); // the thirtieth was only ordered
    }

    [Fact]
    public async Task The_log_begins_anew_when_it_is_long()
    {
        for (var i = 0; i < 4 * LogCheckpoint.PagesMax; i++)
        {
            await _store.Journal.AppendAsync(Ended(i, LongText), Persistence.Written);
        }

        const long PageBytes = 4096 + 24;
        Assert.InRange(new FileInfo(_store.Path + "-wal").Length, 1, 4 * LogCheckpoint.PagesMax * PageBytes);
        Assert.Equal(4 * LogCheckpoint.PagesMax, (await AllAsync(_store.Journal)).Length);
    }

    [Fact]
    public async Task Long_entries_and_many_contents_come_back()
    {
        var text = string.Concat(Enumerable.Repeat(LongText, 1_000));
        var contents = Enumerable.Range(0, 100).Select(static i => Bytes($"content {i}")).ToArray();
        await _store.Journal.AppendAsync(Proposed(1, text), Persistence.Written);
        await _store.Journal.AppendAsync(Prepared(1, contents), Persistence.Flushed);
        await _store.KillAsync();
        Assert.Equal(Dump.Of(Proposed(1, text)), Dump.Of((await AllAsync(_store.Journal))[0]));
        Assert.Equal("content 99", await TextAsync(_store.Journal, contents[99]));
    }

    [Theory]
    [InlineData(nameof(Persistence.Written))]
    [InlineData(nameof(Persistence.Flushed))]
    public async Task Whoever_is_killed_has_kept_all_that_was_acknowledged(string persistence)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "journal.db");
        var acknowledged = 0L;
        for (var round = 1; round <= 3; round++)
        {
            using var probe = ProbeProcess.Start("journal", path, persistence);
            for (var i = 0; i < 100 * round; i++)
            {
                acknowledged = long.Parse((await probe.ReadLineAsync())!);
            }

            await probe.KillAsync();
            while (await probe.ReadLineAsync() is { Length: > 0 } line)
            {
                acknowledged = long.Parse(line);
            }

            await using var journal = await SqliteJournal.OpenAsync(path, Durability.Full, CancellationToken.None);
            var kept = await NumbersAsync(journal);
            Assert.Equal(Enumerable.Range(1, kept.Count).Select(static number => (long)number), kept);
            Assert.True(kept.Count >= acknowledged, $"{acknowledged} were acknowledged, {kept.Count} are kept.");
        }
    }
}

/// <summary>A directory that goes with its test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("coagent-journal-");

    public string Path => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}

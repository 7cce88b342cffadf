using CoAgent.Runtime.Journal;
using CoAgent.Simulated.Journals;

namespace CoAgent.Tests.Journal;

/// <summary>One journal and what it lies on, for the suite that all journals pass.</summary>
internal abstract class JournalStore : IAsyncDisposable
{
    public FlushGate Flushes { get; } = new();

    /// <summary>The journal that is open.</summary>
    public abstract IJournal Journal { get; }

    /// <summary>Closes it and opens it again.</summary>
    public abstract Task ReopenAsync();

    /// <summary>Its process ends without a word; opens what the next one finds.</summary>
    public abstract Task KillAsync();

    /// <summary>The power is lost and what was not flushed is gone; opens what is left.</summary>
    public abstract Task CutPowerAsync();

    /// <summary>The disk is full from now on.</summary>
    public abstract void FillDisk();

    /// <summary>What nobody needs any more of what was written so far has gone.</summary>
    public abstract Task ShortenedAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>A journal in memory.</summary>
internal sealed class MemoryStore : JournalStore
{
    private MemoryJournal _journal;

    public MemoryStore(int entriesKept = SqliteJournal.EntriesKeptDefault) => _journal = new MemoryJournal(Flushes.PassAsync, entriesKept);

    public override IJournal Journal => _journal;

    public override async Task ReopenAsync()
    {
        await _journal.DisposeAsync();
        await KillAsync();
    }

    public override Task KillAsync()
    {
        _journal = _journal.Crash(keepsWritten: true, nextFlush: Flushes.PassAsync);
        return Task.CompletedTask;
    }

    public override Task CutPowerAsync()
    {
        _journal = _journal.Crash(keepsWritten: false, nextFlush: Flushes.PassAsync);
        return Task.CompletedTask;
    }

    public override void FillDisk() => _journal.Break(new JournalException("The disk of the journal is full. Free some space."));

    public override Task ShortenedAsync() => Task.CompletedTask;

    public override ValueTask DisposeAsync() => _journal.DisposeAsync();
}

/// <summary>A journal in a file. A crash is a copy of the files: as they are now, or as they were at the last flush.</summary>
internal sealed class SqliteStore : JournalStore
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("coagent-journal-");
    private readonly Durability _durability;
    private readonly int _entriesKept;
    private int _generation;
    private SqliteJournal _journal;

    public SqliteStore(Durability durability = Durability.Full, int entriesKept = SqliteJournal.EntriesKeptDefault)
    {
        (_durability, _entriesKept) = (durability, entriesKept);
        Flushes.Passed = () => Copy(Path, OnDisk);
        _journal = Open();
        Copy(Path, OnDisk);
    }

    public override IJournal Journal => _journal;

    public SqliteJournal Sqlite => _journal;

    /// <summary>The database that is open.</summary>
    public string Path => System.IO.Path.Combine(_directory.FullName, $"{_generation}", "journal.db");

    private string OnDisk => System.IO.Path.Combine(_directory.FullName, "disk", "journal.db");

    public override async Task ReopenAsync()
    {
        await _journal.DisposeAsync();
        _journal = Open();
    }

    public override Task KillAsync() => OpenCopyAsync(Path);

    public override Task CutPowerAsync() => OpenCopyAsync(OnDisk);

    public override void FillDisk() => _journal.Commits.Rows.Limit(pages: 1);

    public override Task ShortenedAsync() => _journal.Commits.ShortenedAsync();

    public override async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>Copies a database and its log, and nothing that a machine forgets.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
        foreach (var ending in new[] { "", "-wal" }.Where(ending => File.Exists(from + ending)))
        {
            File.Copy(from + ending, to + ending, overwrite: true);
        }
    }

    private async Task OpenCopyAsync(string from)
    {
        var old = _journal;
        var to = System.IO.Path.Combine(_directory.FullName, $"{_generation + 1}", "journal.db");
        Copy(from, to);
        _generation++;
        _journal = Open();
        await old.DisposeAsync();
    }

    private SqliteJournal Open() =>
        SqliteJournal.Open(Path, _durability, _ => Flushes.PassAsync().AsTask().GetAwaiter().GetResult(), _entriesKept);
}

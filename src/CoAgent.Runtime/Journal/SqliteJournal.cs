using System.Runtime.CompilerServices;
using CoAgent.Runtime.Journal.Codec;
using CoAgent.Runtime.Journal.Sqlite;
using CoAgent.Runtime.Tools;
using Microsoft.Data.Sqlite;

namespace CoAgent.Runtime.Journal;

/// <summary>A journal in one SQLite database (docs/decisions/0014).</summary>
public sealed class SqliteJournal : IJournal
{
    /// <summary>The longest entry and the longest content, in bytes. Beyond: the append is refused and the journal goes on.</summary>
    public const int PieceBytesMax = 512 * 1024 * 1024;

    private readonly JournalFile _file;
    private readonly GroupCommit _commits;
    private readonly ContentReader _contents;
    private readonly Durability _durability;
    private int _isDisposed;

    private SqliteJournal(JournalFile file, Durability durability, DiskFlush flush)
    {
        _file = file;
        _durability = durability;
        _commits = new GroupCommit(file, flush);
        _contents = new ContentReader(file.Connect());
    }

    /// <summary>The thread and the statements that write; for tests that make them fail.</summary>
    internal GroupCommit Commits => _commits;

    /// <summary>Opens a journal; makes it, and the directory that it lies in, where there is none.</summary>
    /// <param name="path">The database file. Its log and its lock lie beside it, under its name with an ending.</param>
    /// <param name="durability">What <see cref="Persistence.Flushed"/> means.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">It is in use, is no journal, is of a later version, or cannot be read or written.</exception>
    public static Task<SqliteJournal> OpenAsync(string path, Durability durability, CancellationToken cancellationToken) =>
        Task.Run(() => Open(path, durability, DiskFlushes.Flush), cancellationToken);

    /// <summary>
    /// Reads the entries of a journal that another process may be writing, as they were when it began. Nothing is written, and a journal
    /// that nobody has open is read without a file beside it.
    /// </summary>
    /// <param name="path">The database file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">It is not there, is no journal, is of a later version, is damaged or cannot be read.</exception>
    public static async IAsyncEnumerable<JournalEntry> ReadFileAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = await Task.Run(() => EntryReader.OpenFile(Path.GetFullPath(path)), cancellationToken);
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(JournalEntry entry, Persistence persistence)
    {
        var pending = PendingEntry.Of(entry);
        if (pending.LongestBytes > PieceBytesMax)
        {
            return ValueTask.FromException(JournalFault.TooLarge(pending.LongestBytes, PieceBytesMax));
        }

        var isFlushed = persistence == Persistence.Flushed && _durability == Durability.Full;
        return _commits.AppendAsync(
            pending, persistence == Persistence.Flushed && !isFlushed ? Persistence.Written : persistence);
    }

    /// <inheritdoc/>
    public ValueTask WhenWrittenAsync() => new(_commits.DrainAsync());

    /// <inheritdoc/>
    /// <remarks>What a reader has begun with it sees to the end; the log cannot begin anew until it ends.</remarks>
    public async IAsyncEnumerable<JournalEntry> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _commits.DrainAsync();
        using var reader = EntryReader.Open(_file);
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken)
    {
        try
        {
            if (await _contents.FindAsync(id, cancellationToken) is { } found)
            {
                return found;
            }

            await _commits.DrainAsync();
            return await _contents.FindAsync(id, cancellationToken)
                ?? throw new KeyNotFoundException($"The journal has no content {id}: it was never kept, or was released.");
        }
        catch (SqliteException failure)
        {
            throw JournalFault.Of(_file.Path, failure);
        }
    }

    /// <summary>Writes what waits, flushes it, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _commits.DisposeAsync();
        await _contents.DisposeAsync();
        _file.Dispose();
    }

    /// <summary>The same, with the flush given.</summary>
    internal static SqliteJournal Open(string path, Durability durability, DiskFlush flush)
    {
        var file = JournalFile.Take(path);
        try
        {
            using (var connection = file.Connect())
            {
                connection.Run("PRAGMA journal_mode = WAL");
                JournalSchema.Ensure(connection, file.Path);
                return new SqliteJournal(file, durability, flush);
            }
        }
        catch (SqliteException failure)
        {
            file.Dispose();
            throw JournalFault.Of(file.Path, failure);
        }
        catch (Exception)
        {
            file.Dispose();
            throw;
        }
    }
}

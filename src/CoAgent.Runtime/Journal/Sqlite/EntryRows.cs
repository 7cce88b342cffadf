using CoAgent.Runtime.Journal.Codec;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Writes entries, several in one commit. One thread at a time.</summary>
internal sealed class EntryRows : IDisposable
{
    private const int PagesWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE

    private readonly SqliteConnection _connection;
    private readonly ContentRows _contents;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _add;
    private readonly Statement _addDetail;
    private readonly Statement _dropDetails;
    private readonly Statement _touch;
    private readonly OldestEntries _oldest;
    private long _logPages;

    /// <param name="connection">The database; it is this one's from now on.</param>
    /// <param name="entriesKept">How many entries are kept at least, where it may begin anew.</param>
    public EntryRows(SqliteConnection connection, long entriesKept)
    {
        _connection = connection;
        _contents = new ContentRows(connection);
        _begin = new Statement(connection, "BEGIN IMMEDIATE");
        _commit = new Statement(connection, "COMMIT");
        _add = new Statement(connection, "INSERT INTO entries VALUES (?, ?, ?, ?, ?)");
        _addDetail = new Statement(connection, "INSERT INTO details VALUES (?, ?, ?)");
        _dropDetails = new Statement(connection, "DELETE FROM details WHERE call = ?");
        _touch = new Statement(
            connection,
            "INSERT INTO programs VALUES (?1, ?2, 1) ON CONFLICT (version) DO UPDATE SET openings = openings + 1");
        LastNumber = long.Parse(
            connection.Ask("SELECT coalesce(max(seq), 0) FROM entries")!, System.Globalization.CultureInfo.InvariantCulture);
        _oldest = new OldestEntries(connection, entriesKept);
        _oldest.Look(LastNumber);
    }

    /// <summary>The number of the last entry that is kept.</summary>
    public long LastNumber { get; private set; }

    /// <summary>Pages that were written to the log since it was last begun anew.</summary>
    public long LogPages => Volatile.Read(ref _logPages);

    /// <summary>Writes all of them or none, in order.</summary>
    /// <exception cref="SqliteException">None is written.</exception>
    /// <exception cref="JournalException">None is written.</exception>
    public void Write(List<PendingEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        if (entries is [{ Captured: null, Released.IsEmpty: true, Stored: { Detail.IsEmpty: true } alone }])
        {
            Add(LastNumber + 1, alone); // a commit of its own
        }
        else
        {
            InOneCommit(entries);
        }

        LastNumber += entries.Count;
        if (entries.Exists(static entry => entry.Stored.Kind == JournalCodec.Rested))
        {
            _oldest.Look(LastNumber);
        }

        CountPages();
    }

    /// <summary>Whether the journal has entries that nobody needs.</summary>
    public bool IsTooLong => _oldest.AreThere;

    /// <summary>Deletes some of them.</summary>
    /// <exception cref="SqliteException">None is deleted.</exception>
    public void Shorten()
    {
        _oldest.DeleteSome();
        CountPages();
    }

    /// <summary>Notes that this program has been here: the first page of a log that begins anew, which SQLite flushes.</summary>
    public void Touch()
    {
        _touch.Bind(1, JournalCodec.Version).Bind(2, JournalFault.ThisProgram).Run();
        CountPages();
    }

    /// <summary>The log begins anew.</summary>
    public void LogIsEmpty() => Volatile.Write(ref _logPages, 0);

    /// <summary>The database takes no more pages than so many, or than it has: a disk that is full, for tests.</summary>
    internal void Limit(int pages) => _connection.Run($"PRAGMA max_page_count = {pages}");

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _add, _addDetail, _dropDetails, _touch })
        {
            statement.Dispose();
        }

        _oldest.Dispose();
        _contents.Dispose();
        _connection.Dispose();
    }

    private void InOneCommit(List<PendingEntry> entries)
    {
        _begin.Run();
        try
        {
            var number = LastNumber;
            foreach (var entry in entries)
            {
                Write(++number, entry);
            }

            _commit.Run();
        }
        catch
        {
            // A full disk has rolled back already; nothing else can be done about a failure in here.
            if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
            {
                raw.sqlite3_exec(_connection.Handle!, "ROLLBACK");
            }

            throw;
        }
    }

    private void Write(long number, PendingEntry entry)
    {
        var (stored, captured, released) = entry;
        Add(number, stored);
        if (stored is { Detail.IsEmpty: false, Call: { } ofDetail })
        {
            _addDetail.Bind(1, ofDetail).Bind(2, number).Bind(3, stored.Detail.Span).Run();
        }

        if (captured is { } contents && stored.Call is { } ofContents)
        {
            _contents.Replace(ofContents, contents);
        }

        foreach (var call in released)
        {
            _dropDetails.Bind(1, call.Number).Run();
            _contents.Release(call);
        }
    }

    private void Add(long number, StoredEntry stored) => _add
        .Bind(1, number).Bind(2, stored.Version).Bind(3, stored.Kind).Bind(4, stored.Call).Bind(5, stored.Body.Span).Run();

    private void CountPages()
    {
        raw.sqlite3_db_status(_connection.Handle!, PagesWritten, out var pages, out _, 1);
        Volatile.Write(ref _logPages, _logPages + pages);
    }
}

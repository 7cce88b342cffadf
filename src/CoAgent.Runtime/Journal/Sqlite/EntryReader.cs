using CoAgent.Runtime.Journal.Codec;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Reads the entries in order, as they were when it was opened.</summary>
internal sealed class EntryReader : IDisposable
{
    private const string Rows =
        "SELECT e.seq, e.version, e.kind, e.call, e.body, d.body FROM entries e "
        + "LEFT JOIN details d ON d.call = e.call AND d.seq = e.seq ORDER BY e.seq";

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly Statement _rows;
    private long _last;

    private EntryReader(string path, SqliteConnection connection)
    {
        _path = path;
        _connection = connection;
        _rows = new Statement(connection, Rows);
    }

    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static EntryReader Open(JournalFile file)
    {
        try
        {
            return new EntryReader(file.Path, file.Connect());
        }
        catch (SqliteException failure)
        {
            throw JournalFault.Of(file.Path, failure);
        }
    }

    /// <summary>Opens a journal that is another's.</summary>
    /// <exception cref="JournalException">There is none, or it cannot be read.</exception>
    public static EntryReader OpenFile(string path)
    {
        if (!File.Exists(path))
        {
            throw JournalFault.Missing(path);
        }

        SqliteConnection? connection = null;
        try
        {
            connection = ReadOnlyFile.Connect(path);
            JournalSchema.Check(connection, path);
            return new EntryReader(path, connection);
        }
        catch (SqliteException failure)
        {
            connection?.Dispose();
            throw failure.SqliteErrorCode == raw.SQLITE_NOTADB ? JournalFault.Foreign(path) : JournalFault.Of(path, failure);
        }
        catch (JournalException)
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>The next entry; null at the end.</summary>
    /// <exception cref="JournalException">It is damaged, of an unknown version, or cannot be read.</exception>
    public JournalEntry? Next()
    {
        try
        {
            return _rows.Step() ? Decode() : null;
        }
        catch (SqliteException failure)
        {
            throw JournalFault.Of(_path, failure);
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _connection.Dispose();
    }

    private JournalEntry Decode()
    {
        var number = _rows.Number(0);
        if (number != _last + 1)
        {
            throw JournalFault.Damaged(_last + 1, new DamageException("it is not there"));
        }

        _last = number;
        var version = SmallNumber(1);
        var stored = new StoredEntry(
            version, SmallNumber(2), _rows.OptionalNumber(3), _rows.Bytes(4), _rows.IsNull(5) ? default : _rows.Bytes(5));
        return JournalCodec.Decode(
            stored, number, version == JournalCodec.Version ? null : JournalSchema.WriterOf(_connection, version));
    }

    /// <summary>A version or a kind; one that is out of range is as unknown as the largest.</summary>
    private int SmallNumber(int column) => (int)Math.Clamp(_rows.Number(column), -1, int.MaxValue);
}

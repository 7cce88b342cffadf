using System.Globalization;
using CoAgent.Runtime.Journal.Codec;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Reads entries in order, as they were when it was opened.</summary>
internal sealed class EntryReader : IDisposable
{
    private const string Rows =
        "SELECT e.seq, e.version, e.kind, e.call, e.body, d.body FROM entries e "
        + "LEFT JOIN details d ON d.call = e.call AND d.seq = e.seq WHERE e.seq >= ";

    // Where the first entries are deleted, or some of them, what is left is read from where nothing was open.
    private static readonly string s_first =
        $"(SELECT CASE WHEN EXISTS (SELECT 1 FROM entries WHERE seq = 1) THEN 1 "
        + $"ELSE coalesce((SELECT min(seq) FROM entries WHERE kind = {JournalCodec.Rested}), 1) END)";

    private static readonly string s_latest =
        $"coalesce((SELECT max(seq) FROM entries WHERE kind = {JournalCodec.Rested}), 1)";

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly Statement _rows;
    private long? _last;

    private EntryReader(string path, SqliteConnection connection, string begin, long? last = null)
    {
        _path = path;
        _connection = connection;
        _last = last;
        _rows = new Statement(connection, $"{Rows}{begin} ORDER BY e.seq");
    }

    /// <param name="file">The journal.</param>
    /// <param name="isWhole">Whether all is read that is kept; else what it takes to go on.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static EntryReader Open(JournalFile file, bool isWhole)
    {
        try
        {
            return new EntryReader(file.Path, file.Connect(), isWhole ? s_first : s_latest);
        }
        catch (SqliteException failure)
        {
            throw JournalFault.Of(file.Path, failure);
        }
    }

    /// <summary>Opens a journal that is another's.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="after">The number of an entry that was read before: what follows is read. 0: all that is kept.</param>
    /// <exception cref="JournalException">There is none, it cannot be read, or that entry is not in it any more.</exception>
    public static EntryReader OpenFile(string path, long after)
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
            if (after == 0)
            {
                return new EntryReader(path, connection, s_first);
            }

            var isThere = connection.Ask(Text($"SELECT 1 FROM entries WHERE seq = {after}")) is not null;
            return isThere
                ? new EntryReader(path, connection, Text($"{after + 1}"), after)
                : throw JournalFault.BegunAnew(path);
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
        var isNext = _last is { } last ? number == last + 1 : number == 1 || _rows.Number(2) == JournalCodec.Rested;
        if (!isNext)
        {
            throw JournalFault.Damaged((_last ?? 0) + 1, new DamageException("it is not there"));
        }

        _last = number;
        var version = SmallNumber(1);
        var stored = new StoredEntry(
            version, SmallNumber(2), _rows.OptionalNumber(3), _rows.Bytes(4), _rows.IsNull(5) ? default : _rows.Bytes(5));
        var entry = JournalCodec.Decode(
            stored, number, version == JournalCodec.Version ? null : JournalSchema.WriterOf(_connection, version));
        return entry is not JournalEntry.Rested rested || rested.Number == number
            ? entry
            : throw JournalFault.Damaged(number, new DamageException(Text($"it says that it is entry {rested.Number}")));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A version or a kind; one that is out of range is as unknown as the largest.</summary>
    private int SmallNumber(int column) => (int)Math.Clamp(_rows.Number(column), -1, int.MaxValue);
}

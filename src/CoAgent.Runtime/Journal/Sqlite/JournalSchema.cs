using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>The tables of a journal, and how one tells a journal from another file.</summary>
internal static class JournalSchema
{
    /// <summary>The version of the tables; that of the entries is <see cref="Codec.JournalCodec.Version"/>.</summary>
    public const int Version = 1;

    /// <summary>What SQLite writes at the beginning of every file of its own.</summary>
    public static ReadOnlySpan<byte> FileMark => "SQLite format 3\0"u8;

    /// <summary>"CoAg": whose database it is.</summary>
    private const int ApplicationId = 0x436F4167;

    // Where reading can begin. A program that does not know it keeps it all the same.
    private static readonly string s_rests =
        $"CREATE INDEX IF NOT EXISTS rests ON entries (seq) WHERE kind = {Codec.JournalCodec.Rested}";

    // Entries are read in order and never changed. What may go lies elsewhere: "details" by call, so that a release is one
    // deletion; a content once, with the count of the calls that use it ("names"), and which they are ("uses").
    private static readonly string[] s_tables =
    [
        "CREATE TABLE entries (seq INTEGER PRIMARY KEY, version INTEGER NOT NULL, kind INTEGER NOT NULL, call INTEGER, "
            + "body BLOB NOT NULL) STRICT",
        "CREATE TABLE details (call INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (call, seq)) "
            + "STRICT, WITHOUT ROWID",
        "CREATE TABLE contents (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
        "CREATE TABLE names (id BLOB PRIMARY KEY, number INTEGER NOT NULL, uses INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE uses (call INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (call, id)) STRICT, WITHOUT ROWID",
        "CREATE TABLE programs (version INTEGER PRIMARY KEY, program TEXT NOT NULL, openings INTEGER NOT NULL) STRICT",
    ];

    /// <summary>Makes the tables of a new journal; checks those of an old one.</summary>
    /// <exception cref="JournalException">It is the database of another program, or of a later version.</exception>
    public static void Ensure(SqliteConnection connection, string path)
    {
        if (NumberOf(connection, "PRAGMA application_id") == 0 && NumberOf(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            Make(connection);
        }
        else
        {
            Check(connection, path);
        }

        connection.Run(s_rests);
    }

    /// <summary>Checks the tables of a journal.</summary>
    /// <exception cref="JournalException">It is the database of another program, or of a later version.</exception>
    public static void Check(SqliteConnection connection, string path)
    {
        if (NumberOf(connection, "PRAGMA application_id") != ApplicationId)
        {
            throw JournalFault.Foreign(path);
        }

        var version = NumberOf(connection, "PRAGMA user_version");
        if (version != Version)
        {
            throw JournalFault.UnknownTables(path, version, Version, WriterOfLatest(connection));
        }
    }

    /// <summary>The first program that wrote entries of that version; null when there was none.</summary>
    public static string? WriterOf(SqliteConnection connection, int version)
    {
        using var statement = new Statement(connection, "SELECT program FROM programs WHERE version = ?");
        return statement.Bind(1, version).Step() ? statement.Text(0) : null;
    }

    private static void Make(SqliteConnection connection)
    {
        connection.Run("BEGIN IMMEDIATE");
        foreach (var table in s_tables)
        {
            connection.Run(table);
        }

        connection.Run($"PRAGMA application_id = {ApplicationId}");
        connection.Run($"PRAGMA user_version = {Version}");
        connection.Run("COMMIT");
    }

    /// <summary>The program of the latest entries, as far as tables of a later version still say it.</summary>
    private static string? WriterOfLatest(SqliteConnection connection)
    {
        try
        {
            return connection.Ask("SELECT program FROM programs ORDER BY version DESC LIMIT 1");
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    private static long NumberOf(SqliteConnection connection, string sql) =>
        long.Parse(connection.Ask(sql)!, CultureInfo.InvariantCulture);
}

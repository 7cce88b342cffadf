using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Opens a journal for reading, whoever has it.</summary>
internal static class ReadOnlyFile
{
    private const int BusyMilliseconds = 2_000;

    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static SqliteConnection Connect(string path)
    {
        // A journal in use, or left by a crash, has a log, and who reads it has to keep to SQLite's locks. One that was closed has none:
        // it is read as it lies there, because SQLite would make files beside it only to find nothing in them.
        var log = new FileInfo(path + "-wal");
        var source = log is { Exists: true, Length: > 0 } ? path : Unchanging(path);
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle!, BusyMilliseconds);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Unchanging(string path) => string.Concat(
        "file://", Path.DirectorySeparatorChar == '/' ? "" : "/",
        string.Join('/', path.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString)), "?immutable=1");
}

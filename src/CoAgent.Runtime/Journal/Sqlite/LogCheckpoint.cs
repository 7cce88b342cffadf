using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Brings the log's pages into the database, so that the log can begin anew and stays bounded.</summary>
/// <remarks>
/// Most of it is done while others write (<see cref="Copy"/>); who begins the log anew has the writer for the rest, which is what was
/// written meanwhile. While somebody reads the whole journal, the log goes on growing.
/// </remarks>
internal sealed class LogCheckpoint : IDisposable
{
    /// <summary>After so many pages of 4 KiB the log begins anew.</summary>
    public const int PagesMax = 2_000;

    private readonly SqliteConnection _connection;
    private readonly Statement _copy;
    private readonly Statement _restart;

    public LogCheckpoint(SqliteConnection connection)
    {
        _connection = connection;
        _copy = new Statement(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        _restart = new Statement(connection, "PRAGMA wal_checkpoint(RESTART)");

        // A restart holds the writer up: it does not wait for readers, it comes again later.
        raw.sqlite3_busy_timeout(connection.Handle!, 0);
    }

    /// <summary>Copies what is in the log by now; writers go on.</summary>
    public void Copy() => _copy.Run();

    /// <summary>Copies the rest; false when a reader needs the log as it is. Nobody may write meanwhile.</summary>
    public bool Restart()
    {
        var isDone = _restart.Step() && _restart.Number(0) == 0;
        _restart.Reset();
        return isDone;
    }

    public void Dispose()
    {
        _copy.Dispose();
        _restart.Dispose();
        _connection.Dispose();
    }
}

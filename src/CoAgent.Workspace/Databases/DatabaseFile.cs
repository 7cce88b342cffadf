using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Workspace.Databases;

/// <summary>An open database of somebody else's: nothing of it is kept open beyond one look or one change.</summary>
internal sealed class DatabaseFile : IDisposable
{
    private const int BusyMillisecondsMax = 5_000;

    // Several seconds of work: what takes longer is not rehearsed.
    private const int ProgressInstructions = 100_000;
    private const int ProgressCallsMax = 3_000;

    // The longest value that is rehearsed.
    private const int ValueBytesMax = 64 << 20;

    // SQLITE_DBCONFIG_ENABLE_TRIGGER.
    private const int DisableTriggersOption = 1003;

    private readonly SqliteConnection _connection;

    private DatabaseFile(SqliteConnection connection) => _connection = connection;

    internal sqlite3 Handle => _connection.Handle!;

    internal SqliteConnection Connection => _connection;

    /// <summary>Opens a database that is there.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is none.</exception>
    /// <param name="path">Its full path.</param>
    /// <param name="hasForeignKeys">Whether foreign keys hold.</param>
    /// <param name="isNew">Whether it may have to be made.</param>
    /// <param name="busyMilliseconds">How long another program may hold it before it counts as locked.</param>
    internal static DatabaseFile Open(string path, bool hasForeignKeys = false, bool isNew = false, int busyMilliseconds = BusyMillisecondsMax)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = isNew ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
            ForeignKeys = hasForeignKeys,
            Cache = SqliteCacheMode.Private,
        }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle!, busyMilliseconds);
            return new DatabaseFile(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Ends statements that take too long or too much, or that nobody waits for any more.</summary>
    /// <param name="growthBytesMax">How much the file may grow.</param>
    /// <param name="cancellationToken">Ends them.</param>
    internal void Limit(long growthBytesMax, CancellationToken cancellationToken)
    {
        var size = Query("PRAGMA page_size").Select(static row => row.GetInt64(0)).First();
        var count = Query("PRAGMA page_count").Select(static row => row.GetInt64(0)).First();
        Execute(FormattableString.Invariant($"PRAGMA max_page_count = {count + (growthBytesMax / size)}"));
        raw.sqlite3_limit(Handle, raw.SQLITE_LIMIT_LENGTH, ValueBytesMax);
        var calls = 0;
        raw.sqlite3_progress_handler(
            Handle, ProgressInstructions, _ => cancellationToken.IsCancellationRequested || ++calls > ProgressCallsMax ? 1 : 0, null);
    }

    /// <summary>Ends no statement any more.</summary>
    internal void Unlimit() => raw.sqlite3_progress_handler(Handle, 0, null, null);

    /// <summary>Executes SQL of our own.</summary>
    internal void Execute(string sql, params IReadOnlyList<object> parameters)
    {
        using var command = Command(sql, parameters);
        command.ExecuteNonQuery();
    }

    /// <summary>Executes SQL of our own that may find nothing to do.</summary>
    internal void TryExecute(string sql)
    {
        try
        {
            Execute(sql);
        }
        catch (SqliteException)
        {
            // There is no transaction to end, or nothing to detach: then that is what was wanted.
        }
    }

    /// <summary>Makes another database's tables visible under a name.</summary>
    internal void Attach(string path, string name) => Execute($"ATTACH $p0 AS {name}", path);

    /// <summary>From now on triggers do nothing on this connection.</summary>
    internal void DisableTriggers() => Require(raw.sqlite3_db_config(Handle, DisableTriggersOption, 0, out _));

    /// <summary>Nothing of it has to outlast a failure of the machine.</summary>
    internal void MakePassing() => Execute("PRAGMA synchronous = OFF");

    /// <summary>What SQL of our own returns, row by row.</summary>
    internal IEnumerable<SqliteDataReader> Query(string sql, params IReadOnlyList<object> parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return reader;
        }
    }

    /// <summary>Executes what a call executes.</summary>
    /// <exception cref="SqliteException">It fails.</exception>
    internal void Run(string sql, JsonElement parameters)
    {
        for (var rest = sql; !string.IsNullOrWhiteSpace(rest);)
        {
            Require(raw.sqlite3_prepare_v2(Handle, rest, out var statement, out rest));
            using (statement)
            {
                // A comment alone is no statement.
                if (statement is not { IsInvalid: false })
                {
                    continue;
                }

                StatementParameters.Bind(statement, parameters);
                int code;
                while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
                {
                }

                Require(code == raw.SQLITE_DONE ? raw.SQLITE_OK : code);
            }
        }
    }

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Command(string sql, IReadOnlyList<object> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (index, value) in parameters.Index())
        {
            command.Parameters.AddWithValue($"$p{index}", value);
        }

        return command;
    }

    private void Require(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteException(raw.sqlite3_errmsg(Handle).utf8_to_string(), code);
        }
    }
}

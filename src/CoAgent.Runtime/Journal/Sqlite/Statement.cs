using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>A prepared statement, without what ADO.NET puts between: an append is a few microseconds as a whole.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <exception cref="SqliteException">The statement does not fit the database.</exception>
    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is open.");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, sql, out _statement), _database);
    }

    public Statement Bind(int at, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, at, value));
        return this;
    }

    public Statement Bind(int at, long? value)
    {
        Check(value is { } number ? raw.sqlite3_bind_int64(_statement, at, number) : raw.sqlite3_bind_null(_statement, at));
        return this;
    }

    public Statement Bind(int at, ReadOnlySpan<byte> value)
    {
        // No bytes at no address would be taken for NULL.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, at, 0) : raw.sqlite3_bind_blob(_statement, at, value));
        return this;
    }

    public Statement Bind(int at, string value)
    {
        Check(raw.sqlite3_bind_text(_statement, at, value));
        return this;
    }

    /// <summary>Goes on to the next row; false when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return code == raw.SQLITE_ROW;
        }

        // The message is the statement's only until it is reset.
        try
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
        finally
        {
            Reset();
        }

        return false;
    }

    /// <summary>Runs to the end; rows are passed over.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    public void Reset() => raw.sqlite3_reset(_statement);

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? OptionalNumber(int column) => IsNull(column) ? null : Number(column);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public void Dispose() => _statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}

/// <summary>Statements that are run once.</summary>
internal static class StatementText
{
    public static void Run(this SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        statement.Run();
    }

    /// <summary>The first column of the first row.</summary>
    public static string? Ask(this SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        return statement.Step() ? statement.Text(0) : null;
    }
}

using System.Collections.Immutable;
using System.IO.Compression;
using Microsoft.Data.Sqlite;

namespace CoAgent.Workspace.Databases;

/// <summary>A copy of a database as it was, in a folder of its own that goes with it.</summary>
internal sealed class DatabaseCopy : IDisposable
{
    /// <summary>The largest database that is copied, in bytes.</summary>
    internal const long BytesMax = 128L << 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coagent-database-");

    private DatabaseCopy()
    {
    }

    /// <summary>Where the copy is.</summary>
    internal string Path => System.IO.Path.Combine(_folder.FullName, "before.db");

    /// <summary>Copies a database while others use it.</summary>
    /// <exception cref="SqliteException">It is locked, or none.</exception>
    internal static DatabaseCopy Of(DatabaseFile database)
    {
        var copy = new DatabaseCopy();
        try
        {
            using var file = DatabaseFile.Open(copy.Path, isNew: true);
            file.MakePassing();
            database.Connection.BackupDatabase(file.Connection);
            // One file, whatever the original is kept in.
            file.Execute("PRAGMA journal_mode = DELETE");
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Copies a table alone, with the rows that are watched.</summary>
    /// <returns>Null where the table cannot be without the rest.</returns>
    internal static DatabaseCopy? Of(DatabaseFile database, WatchedTable watched, TableShape shape)
    {
        var copy = new DatabaseCopy();
        try
        {
            using var file = DatabaseFile.Open(copy.Path, isNew: true);
            file.MakePassing();
            var encoding = database.Query("PRAGMA encoding").Select(static row => row.GetString(0)).First();
            file.Execute($"PRAGMA encoding = '{encoding}'; PRAGMA ignore_check_constraints = ON;");
            file.Execute(database
                .Query("SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = $p0", shape.Name)
                .Select(static row => row.GetString(0)).First());
            var selected = string.Join(", ", shape.Stored.Select(static column => StoredRow.Selected($"t.{column}")));
            var rows = database.Query($"SELECT {selected} FROM {TableChange.Quote(shape.Name)} t WHERE {watched.Condition("t")}");
            foreach (var row in rows)
            {
                RowRestore.Insert(file, shape.Name, shape.Stored, StoredRow.Read(row, 0, shape.Stored.Length));
            }

            return copy;
        }
        catch (SqliteException)
        {
            copy.Dispose();
            return null;
        }
    }

    /// <summary>A copy that was kept.</summary>
    /// <exception cref="IOException">There is no place for it.</exception>
    internal static DatabaseCopy Of(ReadOnlyMemory<byte> kept)
    {
        var copy = new DatabaseCopy();
        try
        {
            using var file = File.Create(copy.Path);
            using var unpacked = new ZLibStream(new MemoryStream(kept.ToArray()), CompressionMode.Decompress);
            unpacked.CopyTo(file);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>The copy as it can be kept.</summary>
    internal ReadOnlyMemory<byte> Pack()
    {
        var packed = new MemoryStream();
        using (var file = File.OpenRead(Path))
        using (var packing = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            file.CopyTo(packing);
        }

        return packed.ToArray();
    }

    /// <summary>Executes what a call executes over a copy of the copy.</summary>
    /// <param name="call">The call.</param>
    /// <param name="hasForeignKeys">Whether foreign keys hold.</param>
    /// <param name="look">What is to be seen of what it left; statements that fail leave what those before them did.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null where it takes too long, or too much.</returns>
    internal T? Rehearse<T>(DatabaseCall call, bool hasForeignKeys, Func<DatabaseFile, T?> look, CancellationToken cancellationToken)
        where T : class
    {
        var path = System.IO.Path.Combine(_folder.FullName, hasForeignKeys ? "with-keys.db" : "without-keys.db");
        File.Copy(Path, path, overwrite: true);
        using var rehearsed = DatabaseFile.Open(path, hasForeignKeys);
        rehearsed.MakePassing();
        rehearsed.Limit(BytesMax, cancellationToken);
        try
        {
            rehearsed.Run(call.Sql, call.Parameters);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode
            is not (SQLitePCL.raw.SQLITE_INTERRUPT or SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_TOOBIG or SQLitePCL.raw.SQLITE_NOMEM))
        {
            // It fails there, too.
        }
        catch (SqliteException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }

        rehearsed.Unlimit();
        return look(rehearsed);
    }

    /// <summary>What is otherwise in a database.</summary>
    internal ChangeSet? Difference(DatabaseFile database, ImmutableArray<WatchedTable> watched) => DatabaseDifference.Find(database, Path, watched);

    public void Dispose() => _folder.Delete(recursive: true);
}

using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>The files of a journal: one database, its write-ahead log, and a lock that one program holds at a time.</summary>
/// <remarks>All are for their owner alone.</remarks>
internal sealed class JournalFile : IDisposable
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Nobody else writes; a program that looks into the file may hold it for a moment.
    private const int BusyMilliseconds = 2_000;

    private readonly FileStream _lock;

    private JournalFile(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The database.</summary>
    public string Path { get; }

    private string LogPath => Path + "-wal";

    /// <summary>Takes the lock of a journal that may be there; makes the directory where it is not.</summary>
    /// <exception cref="JournalException">Somebody else has it, it is no journal, or it cannot be had.</exception>
    public static JournalFile Take(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            MakeDirectory(System.IO.Path.GetDirectoryName(full)!);
            var file = new JournalFile(full, Lock(full));
            try
            {
                file.Check();
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw JournalFault.NotAccessible(full, refused);
        }
    }

    /// <summary>A new connection; commits are written to the log, and flushed with checkpoints alone.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle!, BusyMilliseconds);
            connection.Run("PRAGMA synchronous = NORMAL");
            connection.Run("PRAGMA wal_autocheckpoint = 0");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The log as a file, to flush it. SQLite keeps no lock on it, so that closing it takes none away.</summary>
    public SafeFileHandle OpenLog() =>
        File.OpenHandle(LogPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    public void Dispose() => _lock.Dispose();

    private static void MakeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnersFile | UnixFileMode.UserExecute);
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return Open(path + ".lock", FileShare.None);
        }
        catch (IOException refused) when (File.Exists(path + ".lock"))
        {
            throw JournalFault.Taken(path, refused);
        }
    }

    /// <summary>Looks at the file before SQLite does, and makes it, so that it is nobody else's from the beginning.</summary>
    private void Check()
    {
        using (var database = Open(Path, FileShare.ReadWrite))
        {
            Span<byte> head = stackalloc byte[JournalSchema.FileMark.Length];
            var count = database.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (!head[..count].SequenceEqual(JournalSchema.FileMark[..count]) || count is not 0 && count < head.Length)
            {
                throw JournalFault.Foreign(Path);
            }
        }

        foreach (var path in new[] { Path, LogPath, Path + "-shm" }.Where(File.Exists))
        {
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnersFile)
            {
                File.SetUnixFileMode(path, OwnersFile);
            }
        }
    }

    private static FileStream Open(string path, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnersFile;
        }

        return new FileStream(path, options);
    }
}

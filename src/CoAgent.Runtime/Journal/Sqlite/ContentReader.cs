using CoAgent.Runtime.Tools;
using Microsoft.Data.Sqlite;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Finds contents by name, one at a time, beside whoever writes.</summary>
internal sealed class ContentReader(SqliteConnection connection) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Statement _find =
        new(connection, "SELECT body FROM contents WHERE number = (SELECT number FROM names WHERE id = ?)");

    /// <summary>The bytes of that name; null when nothing of that name was written.</summary>
    /// <exception cref="SqliteException">The database cannot be read.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(ContentId id, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var isThere = _find.Bind(1, ContentRows.KeyOf(id)).Step();
            var bytes = isThere ? _find.Bytes(0) : [];
            _find.Reset();
            return isThere ? bytes : default(ReadOnlyMemory<byte>?);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _find.Dispose();
        await connection.DisposeAsync();
        _turn.Dispose();
    }
}

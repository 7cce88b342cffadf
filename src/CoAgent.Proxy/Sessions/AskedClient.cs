using System.Collections.Concurrent;
using System.Globalization;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Sessions;

/// <summary>The requests that servers have put to one client, each under an id of its own towards the client.</summary>
/// <remarks>Two servers choose ids without knowing of each other, so neither's id can be used as it is.</remarks>
internal sealed class AskedClient(int openMax)
{
    private readonly ConcurrentDictionary<long, Asked> _open = new();
    private long _lastId;

    private sealed record Asked(ServerConnection? Connection, ReadOnlyMemory<byte> ServerId, string Token)
    {
        public TaskCompletionSource<JsonRpcFrame?>? Own { get; init; }
    }

    /// <summary>Notes a server's request and gives it an id; 0 when too many are open.</summary>
    public long Note(ServerConnection connection, JsonRpcFrame request)
    {
        var token = request.KeyOf(MetaMembers.Of(request).ProgressToken);
        return Add(new Asked(connection, request.Memory(request.Id), token));
    }

    /// <summary>Notes a request of the proxy itself.</summary>
    public (long Id, Task<JsonRpcFrame?> Answer) NoteOwn()
    {
        var own = new TaskCompletionSource<JsonRpcFrame?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Add(new Asked(Connection: null, default, "") { Own = own }), own.Task);
    }

    /// <summary>The client answered: the answer goes to whom it belongs.</summary>
    /// <returns>False when nothing was asked under that id.</returns>
    public async ValueTask<bool> AnsweredAsync(JsonRpcFrame answer)
    {
        if (!long.TryParse(answer.IdKey, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || !_open.TryRemove(id, out var asked))
        {
            return false;
        }

        asked.Own?.TrySetResult(answer);
        if (asked.Connection is { } connection)
        {
            await connection.AnswerAsync(answer, asked.ServerId);
        }

        return true;
    }

    /// <summary>Nobody answers a request any more: the server is told so.</summary>
    public async ValueTask FailAsync(long id, string reason)
    {
        if (!_open.TryRemove(id, out var asked))
        {
            return;
        }

        asked.Own?.TrySetResult(null);
        if (asked.Connection is { } connection)
        {
            var error = JsonRpcFrame.Parse(JsonRpcError.Answer("0"u8, JsonRpcError.InternalError, reason));
            await connection.AnswerAsync(error, asked.ServerId);
        }
    }

    /// <summary>The ids of all that is open.</summary>
    public IReadOnlyCollection<long> Open => (IReadOnlyCollection<long>)_open.Keys;

    /// <summary>The server whose request carries a progress token; null when none does.</summary>
    public ServerConnection? ByToken(string token) =>
        _open.Values.FirstOrDefault(asked => asked.Token == token)?.Connection;

    /// <summary>The id towards the client of a request that a server names by its own; 0 when there is none.</summary>
    public long ByServerId(string serverId) => _open
        .FirstOrDefault(pair => System.Text.Encoding.UTF8.GetString(pair.Value.ServerId.Span) == serverId).Key;

    private long Add(Asked asked)
    {
        if (_open.Count >= openMax)
        {
            return 0;
        }

        var id = Interlocked.Increment(ref _lastId);
        _open[id] = asked;
        return id;
    }
}

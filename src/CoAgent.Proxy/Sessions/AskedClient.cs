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

    private sealed record Asked(ServerConnection? Connection, ReadOnlyMemory<byte> ServerId, ReadOnlyMemory<byte> Token)
    {
        public TaskCompletionSource<JsonRpcFrame?>? Own { get; init; }
    }

    /// <summary>Notes a server's request; null when too many are open.</summary>
    /// <returns>Its id towards the client, and the request with that for its id and its progress token.</returns>
    public (long Id, Splice Request)? Note(ServerConnection connection, JsonRpcFrame request)
    {
        var token = MetaMembers.Of(request).ProgressToken;
        var id = Add(new Asked(connection, request.Memory(request.Id), request.Memory(token)));
        if (id == 0)
        {
            return null;
        }

        var number = PendingRequest.Digits(id);
        return (id, token.Exists
            ? new Splice(request.Utf8, new Edit(request.Id, number), new Edit(token, number))
            : new Splice(request.Utf8, new Edit(request.Id, number)));
    }

    /// <summary>Notes a request of the proxy itself.</summary>
    public (long Id, Task<JsonRpcFrame?> Answer) NoteOwn()
    {
        var own = new TaskCompletionSource<JsonRpcFrame?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Add(new Asked(Connection: null, default, default) { Own = own }), own.Task);
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

    /// <summary>Nobody waits for the answer to a request any more; one that comes yet is nobody's.</summary>
    public void Forget(long id) => _open.TryRemove(id, out _);

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

    /// <summary>The server to whose request progress of the client belongs, with the server's own token; null when it is none's.</summary>
    public (ServerConnection Connection, ReadOnlyMemory<byte> Token)? ByToken(string token) =>
        long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && _open.TryGetValue(id, out var asked) && asked is { Connection: { } connection, Token.IsEmpty: false }
            ? (connection, asked.Token)
            : null;

    /// <summary>The id towards the client of a request that a server names by its own; 0 when there is none.</summary>
    public long ByServerId(string server, ReadOnlySpan<byte> serverId)
    {
        foreach (var (id, asked) in _open)
        {
            if (asked.Connection?.Server == server && asked.ServerId.Span.SequenceEqual(serverId))
            {
                return id;
            }
        }

        return 0;
    }

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

using System.Collections.Concurrent;
using CoAgent.Fixtures.Hosting;

namespace CoAgent.Fixtures.Wire;

/// <summary>The sessions of older clients, each with the stream that its GET opened.</summary>
internal sealed class HttpSessions
{
    private readonly ConcurrentDictionary<string, HttpExchange?> streams = new();
    private int openedCount;

    public string Open()
    {
        if (streams.Count >= FixtureLimits.SessionsMax)
        {
            throw new InvalidOperationException("Too many sessions are open; DELETE some.");
        }

        var id = $"session-{Interlocked.Increment(ref openedCount)}";
        streams[id] = null;
        return id;
    }

    public bool Contains(string id) => streams.ContainsKey(id);

    public bool Close(string id)
    {
        var known = streams.TryRemove(id, out var stream);
        stream?.End();
        return known;
    }

    /// <summary>Forgets every session, as a server does that was restarted.</summary>
    public void ExpireAll()
    {
        foreach (var id in streams.Keys)
        {
            Close(id);
        }
    }

    public void Attach(string id, HttpExchange stream) => streams[id] = stream;

    public void Detach(string id, HttpExchange stream) => streams.TryUpdate(id, newValue: null, stream);

    public HttpExchange? StreamOf(string id) => streams.GetValueOrDefault(id);
}

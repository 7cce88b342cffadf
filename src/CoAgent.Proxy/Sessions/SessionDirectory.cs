using System.Collections.Concurrent;
using CoAgent.Proxy.Configuration;

namespace CoAgent.Proxy.Sessions;

/// <summary>The sessions that are open.</summary>
internal sealed class SessionDirectory(Func<ProxyConfiguration> configuration)
{
    private readonly ConcurrentDictionary<ClientSession, bool> _sessions = new();

    public IReadOnlyCollection<ClientSession> All => (IReadOnlyCollection<ClientSession>)_sessions.Keys;

    /// <summary>How many sessions there may be.</summary>
    public int Max => configuration().Options.Limits.SessionsMax;

    /// <summary>Takes a session in; false when there are as many as there may be.</summary>
    public bool TryAdd(ClientSession session)
    {
        if (_sessions.Count >= Max)
        {
            return false;
        }

        return _sessions.TryAdd(session, true);
    }

    public void Remove(ClientSession session) => _sessions.TryRemove(session, out _);
}

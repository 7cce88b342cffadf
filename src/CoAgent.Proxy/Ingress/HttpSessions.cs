using System.Collections.Concurrent;
using System.Security.Cryptography;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Sessions;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Ingress;

/// <summary>The sessions of HTTP clients: of the legacy era by their id, of the modern era by their agent.</summary>
internal sealed partial class HttpSessions(ProxyContext context, SessionDirectory directory, ILogger<HttpSessions> logger) : IAsyncDisposable
{
    /// <summary>How long a session may be quiet before it is forgotten; its client then starts a new one by itself.</summary>
    /// <value>30 minutes.</value>
    public static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(30);

    private const int WaitingMessagesMax = 256;
    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, HttpSession> _legacy = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HttpSession> _modern = new(StringComparer.Ordinal);

    /// <summary>A session and, for the legacy era, the streams to its client.</summary>
    public sealed record HttpSession(ClientSession Session, HttpChannel? Channel);

    /// <summary>A new session for a legacy client; null when there are as many as there may be.</summary>
    public (string Id, HttpSession Session)? Begin(HttpCaller caller)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var channel = new HttpChannel(context.Time, WaitingMessagesMax);
        if (Make(caller, $"http:{id[..8]}", channel) is not { } session)
        {
            return null;
        }

        var made = new HttpSession(session, channel);
        _legacy[id] = made;
        return (id, made);
    }

    public HttpSession? Find(string id) => _legacy.GetValueOrDefault(id);

    /// <summary>The session that stands for a modern client, which itself knows of none; null when there are as many as there may be.</summary>
    public HttpSession? ForModern(HttpCaller caller)
    {
        if (_modern.TryGetValue(caller.Key, out var known))
        {
            return known;
        }

        if (Make(caller, $"http:{caller.Name}", new NoChannel()) is not { } session)
        {
            return null;
        }

        var made = new HttpSession(session, Channel: null);
        var kept = _modern.GetOrAdd(caller.Key, made);
        if (kept != made)
        {
            directory.Remove(session);
        }

        return kept;
    }

    public async Task EndAsync(string id)
    {
        if (_legacy.TryRemove(id, out var session))
        {
            await CloseAsync(session);
        }
    }

    /// <summary>Forgets the sessions that have been quiet for too long, and gives signs of life on the open streams.</summary>
    public async Task SweepAsync(TimeSpan quiet)
    {
        foreach (var sessions in new[] { _legacy, _modern })
        {
            foreach (var (key, session) in sessions)
            {
                if (session.Session.OpenCount == 0 && context.Time.GetElapsedTime(session.Session.LastUsed) > IdleMax
                    && sessions.TryRemove(key, out _))
                {
                    LogForgotten(session.Session.Id);
                    await CloseAsync(session);
                }
                else if (session.Channel is { } channel)
                {
                    await channel.KeepAliveAsync(quiet);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _legacy.Values.Concat(_modern.Values))
        {
            await CloseAsync(session);
        }
    }

    private ClientSession? Make(HttpCaller caller, string name, IClientChannel channel)
    {
        var fallback = AgentId.TryCreate(name) ?? AgentId.Create("http");
        var identity = new ConnectionIdentity(caller.Agent, ClientKey: null, fallback, caller.Rank);
        var session = new ClientSession(context, name, identity, caller.Servers, channel);
        return directory.TryAdd(session) ? session : null;
    }

    private async Task CloseAsync(HttpSession session)
    {
        directory.Remove(session.Session);
        await session.Session.DisposeAsync();
        await (session.Channel?.EndAsync() ?? Task.CompletedTask);
    }

    [LoggerMessage(311, LogLevel.Information, "Session {Session} was idle for long and is forgotten")]
    private partial void LogForgotten(string session);
}

/// <summary>What an HTTP request tells of who sends it.</summary>
/// <param name="Agent">The agent named by URL or header; null when none is.</param>
/// <param name="Rank">The rank asked for.</param>
/// <param name="Servers">Which servers it wants.</param>
/// <param name="Name">A name for people.</param>
internal sealed record HttpCaller(AgentId? Agent, Rank? Rank, ServerSelection Servers, string Name)
{
    /// <summary>Requests with the same key are of the same client.</summary>
    public string Key => $"{Agent?.Value}\n{Name}\n{Rank}\n{(Servers is ServerSelection.Named named ? string.Join('\n', named.Names) : "*")}";
}

using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Effects;

/// <summary>
/// Connections of the daemon's own, one for a server: calls are taken back and made again through them when the client
/// that made them has gone.
/// </summary>
/// <remarks>
/// Each is opened as a legacy client would and goes on behind an <see cref="EraBridge"/> where the server is modern only.
/// A connection that was idle for long is closed; a server that is needed again is opened again.
/// </remarks>
internal sealed partial class Stewards(ServerStarter starter, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>How many servers are kept open in this way; of more, the one that was idle for longest is closed.</summary>
    public const int ConnectionsMax = 64;

    /// <summary>How long a connection is kept that nobody uses.</summary>
    /// <value>5 minutes.</value>
    public static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(5);

    private readonly ILogger _logger = loggers.CreateLogger("CoAgent.Stewards");
    private readonly Dictionary<ServerDefinition, Steward> _open = [];
    private readonly Lock _lock = new();
    private bool _isClosed;

    /// <summary>A way to a server.</summary>
    /// <param name="definition">The server.</param>
    /// <returns>The way; null when the daemon is going down.</returns>
    public ServerLink? Find(ServerDefinition definition)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return null;
            }

            if (!_open.TryGetValue(definition, out var steward))
            {
                LogOpened(definition.Name);
                _open[definition] = steward = new Steward(new OwnerOfItsOwn(definition, isModern: false, starter, loggers));
            }

            steward.LastUsed = starter.Time.GetTimestamp();
            return steward.Owner.Link;
        }
    }

    /// <summary>Closes what has been idle for long, and the idlest of too many.</summary>
    public async Task SweepAsync()
    {
        Steward[] idle;
        lock (_lock)
        {
            var quiet = _open.Where(static pair => pair.Value.IsQuiet).OrderBy(static pair => pair.Value.LastUsed).ToArray();
            var tooMany = _open.Count - ConnectionsMax;
            var over = quiet.Where((pair, index) =>
                index < tooMany || starter.Time.GetElapsedTime(pair.Value.LastUsed) > IdleMax).ToArray();
            foreach (var (definition, _) in over)
            {
                _open.Remove(definition);
            }

            idle = [.. over.Select(static pair => pair.Value)];
        }

        foreach (var steward in idle)
        {
            LogClosed(steward.Owner.Link.Name);
            await steward.Owner.Link.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Steward[] all;
        lock (_lock)
        {
            _isClosed = true;
            all = [.. _open.Values];
            _open.Clear();
        }

        foreach (var steward in all)
        {
            await steward.Owner.Link.DisposeAsync();
        }
    }

    private sealed class Steward(OwnerOfItsOwn owner)
    {
        public OwnerOfItsOwn Owner => owner;

        public long LastUsed { get; set; }

        public bool IsQuiet => owner.Link.Current is not { Connection.PendingCount: > 0 };
    }

    [LoggerMessage(251, LogLevel.Information, "A connection of the daemon's own to server {Server} is opened")]
    private partial void LogOpened(string server);

    [LoggerMessage(252, LogLevel.Information, "The daemon's own connection to server {Server} was idle and is closed")]
    private partial void LogClosed(string server);
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>One change of what the server offers: a list, or the resource at a URI.</summary>
internal sealed record OfferChange(string NotificationMethod, string? Uri = null);

/// <summary>Tells every open stream and every older session what has changed.</summary>
/// <remarks>A listener that is 256 changes behind loses the oldest.</remarks>
internal sealed class ChangeFeed
{
    private const int BacklogMax = 256;

    private readonly ConcurrentDictionary<Channel<OfferChange>, byte> listeners = new();
    private readonly ConcurrentDictionary<McpServer, byte> sessions = new();
    private readonly ConcurrentDictionary<(string Session, string Uri), byte> watched = new();

    /// <summary>A session of an older client, which is told without having asked.</summary>
    public void Join(McpServer session) => sessions[session] = 0;

    public void Leave(McpServer session) => sessions.TryRemove(session, out _);

    public void Watch(McpServer session, string uri) => watched[(session.SessionId ?? "", uri)] = 0;

    public void Unwatch(McpServer session, string uri) => watched.TryRemove((session.SessionId ?? "", uri), out _);

    public Channel<OfferChange> Listen()
    {
        var channel = Channel.CreateBounded<OfferChange>(
            new BoundedChannelOptions(BacklogMax) { FullMode = BoundedChannelFullMode.DropOldest });
        listeners[channel] = 0;
        return channel;
    }

    public void Stop(Channel<OfferChange> listener) => listeners.TryRemove(listener, out _);

    public async Task PublishAsync(OfferChange change, CancellationToken cancellationToken)
    {
        foreach (var listener in listeners.Keys)
        {
            await listener.Writer.WriteAsync(change, cancellationToken);
        }

        foreach (var session in sessions.Keys.Where(session => IsMeant(session, change)))
        {
            await TellAsync(session, change, cancellationToken);
        }
    }

    private bool IsMeant(McpServer session, OfferChange change) =>
        session.NegotiatedProtocolVersion is { } version
        && ProtocolEras.IsLegacy(version)
        && (change.Uri is null || watched.ContainsKey((session.SessionId ?? "", change.Uri)));

    private static Task TellAsync(McpServer session, OfferChange change, CancellationToken cancellationToken) =>
        change.Uri is { } uri
            ? session.SendNotificationAsync(
                change.NotificationMethod,
                new ResourceUpdatedNotificationParams { Uri = uri },
                cancellationToken: cancellationToken)
            : session.SendNotificationAsync(change.NotificationMethod, cancellationToken);
}

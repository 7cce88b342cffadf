using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>One message on its way to a server.</summary>
/// <param name="Message">The bytes.</param>
/// <param name="Source">The frame that it was made from: method and names for transports that tell them in headers.</param>
/// <param name="RequestId">Our id when it is a request, else 0.</param>
internal readonly record struct ServerMessage(Splice Message, JsonRpcFrame Source, long RequestId)
{
    /// <summary>The request that it was made from, when it is one.</summary>
    public RelayRequest? Request { get; init; }
}

/// <summary>Takes what a transport receives. Calls come one after the other per stream, in the order of the wire.</summary>
internal interface IServerTransportEvents
{
    /// <summary>A message came.</summary>
    /// <param name="frame">The message.</param>
    /// <param name="relatedRequestId">The request on whose own stream it came; 0 when the transport has one stream for all.</param>
    ValueTask ReceivedAsync(JsonRpcFrame frame, long relatedRequestId);

    /// <summary>One request will get no answer.</summary>
    void RequestFailed(long requestId, ServerFault fault);

    /// <summary>The transport has ended: no request on it will be answered.</summary>
    /// <param name="reason">Why, in words.</param>
    void Ended(string reason);
}

/// <summary>Carries messages to and from one server.</summary>
internal interface IServerTransport : IAsyncDisposable
{
    /// <summary>Begins to receive.</summary>
    void Start(IServerTransportEvents events);

    /// <summary>Hands a message over.</summary>
    /// <exception cref="IOException">It could not be handed over whole.</exception>
    ValueTask SendAsync(ServerMessage message, CancellationToken cancellationToken);

    /// <summary>Nobody waits for this request any more.</summary>
    void Forget(long requestId);

    /// <summary>The handshake has settled which version is spoken.</summary>
    void UseVersion(string protocolVersion);
}

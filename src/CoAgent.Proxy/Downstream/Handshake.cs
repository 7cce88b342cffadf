using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Processes;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>Brings a server to where it takes requests, in the era of the client it is opened for.</summary>
/// <remarks>
/// A modern client needs no handshake. A legacy client's <c>initialize</c> is passed on as it is; a server that refuses
/// it is asked whether it is modern only, and then stands behind an <see cref="EraBridge"/>: the one pair of eras that
/// cannot understand each other (mcp.md, "The two eras").
/// </remarks>
internal static class Handshake
{
    /// <summary>How long a server may take from its start to its first answer.</summary>
    /// <value>60 seconds: <c>npx</c> may have to fetch it first.</value>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static readonly JsonRpcFrame InitializedNotification =
        JsonRpcFrame.Parse("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"u8.ToArray());

    public static async Task<Opening> OpenAsync(
        ServerDefinition definition, ServerStarter starter, ILinkOwner owner, IServerPeer peer, CancellationToken cancellationToken)
    {
        ServerConnection connection;
        try
        {
            connection = starter.Start(definition, peer);
        }
        catch (ChildStartException error)
        {
            return new Opening.Failed(new ServerFault(FaultStage.Starting, error.Message) { IsLasting = true });
        }

        return owner.InitializeRequest is null
            ? new Opening.Ready(connection, InitializeAnswer: null, Bridge: null)
            : await InitializeAsync(connection, owner, cancellationToken);
    }

    /// <summary>Makes the handshake of a legacy client; a connection on which it fails is closed.</summary>
    public static async Task<Opening> InitializeAsync(
        ServerConnection connection, ILinkOwner owner, CancellationToken cancellationToken)
    {
        var opening = await TryInitializeAsync(connection, owner.InitializeRequest!, owner, cancellationToken);
        if (opening is not Opening.Ready)
        {
            await connection.DisposeAsync();
        }

        return opening;
    }

    private static async Task<Opening> TryInitializeAsync(
        ServerConnection connection, JsonRpcFrame initialize, ILinkOwner owner, CancellationToken cancellationToken)
    {
        var request = new RelayRequest(initialize, Requester: null, StartTimeout) { CancellationToken = cancellationToken };
        switch (await connection.RequestAsync(request))
        {
            case Reply.Answered { Frame: { Kind: FrameKind.Result } answer }:
                connection.UseVersion(InitializeMembers.Of(answer).ProtocolVersion);
                await TellInitializedAsync(connection, owner);
                return new Opening.Ready(connection, answer, Bridge: null);
            case Reply.Answered refused:
                return await EraBridge.OpenAsync(connection, initialize, owner, cancellationToken) ?? new Opening.Refused(refused.Frame);
            case Reply.Faulted faulted:
                return new Opening.Failed(faulted.Fault with { Stage = FaultStage.Starting });
            default:
                throw new InvalidOperationException("A reply is an answer or a fault.");
        }
    }

    // The client says this itself after its own handshake; only a server that is opened later has missed it.
    private static async Task TellInitializedAsync(ServerConnection connection, ILinkOwner owner)
    {
        if (owner.IsInitialized)
        {
            try
            {
                await connection.NotifyAsync(InitializedNotification);
            }
            catch (IOException)
            {
                // The connection has ended since: its requests say so, and the next one opens it again.
                connection.Ended($"The server '{connection.Server}' ended during the handshake.");
            }
        }
    }
}

using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Ingress;

/// <summary>The way to a client behind a bridge: one stream of lines for everything.</summary>
internal sealed class BridgeChannel(LineWriter writer) : IClientChannel
{
    public async ValueTask<bool> SendAsync(Splice message, IReadOnlyList<ClientExchange> open)
    {
        try
        {
            await writer.WriteAsync(message, CancellationToken.None);
            return true;
        }
        catch (IOException)
        {
            return false; // the bridge is gone; whoever sends says so where it matters
        }
    }
}

/// <summary>One request of a client behind a bridge.</summary>
internal sealed class BridgeExchange(JsonRpcFrame request, BridgeChannel channel) : ClientExchange(request)
{
    // What still comes for a request that its client has given up is for nobody.
    public override ValueTask<bool> SendRelatedAsync(Splice message) =>
        Cancelled.IsCancellationRequested ? ValueTask.FromResult(true) : channel.SendAsync(message, []);
}

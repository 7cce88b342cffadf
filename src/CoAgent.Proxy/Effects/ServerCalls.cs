using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Effects;

/// <summary>Calls that captures and inverses make: on the ways of replays, in words of the daemon's own.</summary>
internal sealed class ServerCalls(ForeignCalls calls) : IServerCalls
{
    /// <inheritdoc/>
    public ValueTask<Execution> CallAsync(
        NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken) => calls.MakeAsync(
            onBehalfOf with { Request = new ToolRequest(onBehalfOf.Request.Server, tool, argumentsUtf8) }, isAgain: true, isTakenBack: false, cancellationToken);
}

using CoAgent.Protocol.Order;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>A <c>tools/call</c> whose server is known.</summary>
/// <param name="Exchange">The request, raw, and the way back.</param>
/// <param name="Identity">Who is at the other end of the connection.</param>
/// <param name="Agent">Who calls.</param>
/// <param name="Link">The server.</param>
/// <param name="Tool">What the server calls the tool.</param>
/// <param name="IsRenamed">Whether the client calls it something else.</param>
internal sealed record ToolCall(
    ClientExchange Exchange, ConnectionIdentity Identity, AgentId Agent, ServerLink Link, string Tool, bool IsRenamed)
{
    /// <summary>The handshake of its client; null in the modern era, where each request says who sends it.</summary>
    public JsonRpcFrame? Handshake { get; init; }
}

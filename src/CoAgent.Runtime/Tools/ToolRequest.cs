using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Tools;

/// <summary>What was asked of a tool: enough to ask it again when its client has gone.</summary>
/// <param name="Server">The server's name in the configuration.</param>
/// <param name="Tool">What the server calls the tool.</param>
/// <param name="ArgumentsUtf8">The arguments, as JSON, in the client's own bytes; <c>{}</c> when it gave none.</param>
public sealed record ToolRequest(string Server, string Tool, ReadOnlyMemory<byte> ArgumentsUtf8);

/// <summary>A call with its name: what effects are about.</summary>
/// <param name="Id">Its name in the workspace.</param>
/// <param name="Agent">Who made it.</param>
/// <param name="Request">What was asked.</param>
public sealed record NamedCall(CallId Id, AgentId Agent, ToolRequest Request);

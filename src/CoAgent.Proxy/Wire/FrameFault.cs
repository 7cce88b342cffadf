using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>Why bytes are no JSON-RPC message, in words for whoever sent them.</summary>
internal sealed record FrameFault(int Code, string Message)
{
    public static readonly FrameFault None = new(0, "");

    public static readonly FrameFault Batch = new(
        JsonRpcError.InvalidRequest,
        "A JSON-RPC batch was sent. MCP has no batches since 2025-06-18: send each message on its own.");

    public static readonly FrameFault NotAnObject = new(
        JsonRpcError.InvalidRequest, "A JSON-RPC message is a JSON object.");

    public static readonly FrameFault NotVersion2 = new(
        JsonRpcError.InvalidRequest, "The member \"jsonrpc\" must be \"2.0\".");

    public static readonly FrameFault NoMethod = new(
        JsonRpcError.InvalidRequest, "The message has neither \"method\" nor \"result\" nor \"error\".");

    public static readonly FrameFault BadId = new(
        JsonRpcError.InvalidRequest, "The member \"id\" must be a string or a number.");

    public static FrameFault NotJson(JsonException error) => new(
        JsonRpcError.ParseError,
        $"The message is not valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine}).");

    public static FrameFault TooDeep(int depthMax) => new(
        JsonRpcError.InvalidRequest,
        $"The message nests deeper than {depthMax} levels (\"nestingLevelsMax\" in the configuration).");

    /// <summary>The answer to whoever sent the message: under its id where it is a request, so that its caller does not wait.</summary>
    public byte[] AnswerTo(ReadOnlySpan<byte> message) =>
        JsonRpcError.Answer(Code == JsonRpcError.ParseError ? default : OversizeScan.RequestIdOf(message), Code, Message);
}

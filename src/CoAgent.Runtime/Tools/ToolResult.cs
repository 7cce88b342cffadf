namespace CoAgent.Runtime.Tools;

/// <summary>What a tool server answered.</summary>
/// <param name="Kind">What kind of answer it is.</param>
/// <param name="Utf8">The JSON of the answer's <c>result</c> member, or of its <c>error</c> member.</param>
public sealed record ToolResult(ToolResultKind Kind, ReadOnlyMemory<byte> Utf8);

/// <summary>The kinds of answer to a <c>tools/call</c>.</summary>
public enum ToolResultKind
{
    /// <summary>A result.</summary>
    Answer,

    /// <summary>A result with <c>isError</c>.</summary>
    ToolError,

    /// <summary>An error of JSON-RPC: the server did not take the call.</summary>
    ProtocolError,
}

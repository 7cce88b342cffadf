using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CoAgent.Runtime.Tools;
using ModelContextProtocol;

namespace CoAgent.Workspace.Effects;

/// <summary>The answers of the workspace tools as MCP results.</summary>
internal static class ResultJson
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What the workspace's server says in <c>result</c>, in its plainest form.</summary>
    internal static ToolResult Of(ToolAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteStartArray("content"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, answer.Text);
            json.WriteEndObject();
            json.WriteEndArray();
            if (answer.IsError)
            {
                json.WriteBoolean("isError"u8, true);
            }

            json.WriteEndObject();
        }

        return new ToolResult(answer.IsError ? ToolResultKind.ToolError : ToolResultKind.Answer, buffer.WrittenSpan.ToArray());
    }

    /// <summary>What it says in <c>error</c> to a call of a tool that there is not.</summary>
    internal static ToolResult UnknownTool(string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("code"u8, (int)McpErrorCode.InvalidParams);
            json.WriteString("message"u8, WorkspaceServer.UnknownTool(name));
            json.WriteEndObject();
        }

        return new ToolResult(ToolResultKind.ProtocolError, buffer.WrittenSpan.ToArray());
    }
}

using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Results;

/// <summary>Answers of tools, as a test writes them.</summary>
internal static class Answers
{
    public static ToolResult Text(string text) => Json($$"""{"content":[{"type":"text","text":{{JsonSerializer.Serialize(text)}}}]}""");

    public static ToolResult Failure(string text) => Text(text) with { Kind = ToolResultKind.ToolError };

    public static ToolResult Json(string json) => new(ToolResultKind.Answer, Encoding.UTF8.GetBytes(json));

    public static ToolResult Error(string json) => new(ToolResultKind.ProtocolError, Encoding.UTF8.GetBytes(json));

    public static ToolRequest Request(string json) => new("files", "write_file", Encoding.UTF8.GetBytes(json));
}

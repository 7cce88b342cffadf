using System.Text;
using CoAgent.Benchmarks.Wire;

namespace CoAgent.Benchmarks.Echo;

/// <summary>The MCP server behind every row: raw stdio, as little work per call as possible.</summary>
internal sealed class EchoServer(Stream input, Stream output)
{
    private const int BigBytesMax = 16 * 1024 * 1024;

    private readonly LineReader reader = new(input);
    private readonly GatherWriter writer = new(output);
    private byte[] big = [];

    /// <summary>Answers until its input ends.</summary>
    public int Run()
    {
        while (reader.TryRead(out var line))
        {
            var request = EchoRequest.Parse(line);
            if (!request.Id.IsEmpty)
            {
                Answer(request);
            }

            if (!reader.HasBufferedLine)
            {
                writer.Flush();
            }
        }

        return 0;
    }

    private void Answer(EchoRequest request)
    {
        if (request.Method.SequenceEqual("\"tools/call\""u8))
        {
            Call(request);
        }
        else if (request.Method.SequenceEqual("\"initialize\""u8))
        {
            var version = request.ProtocolVersion.IsEmpty ? "\"2025-06-18\""u8 : request.ProtocolVersion;
            Result(request.Id, $$$"""
                {"protocolVersion":{{{Encoding.UTF8.GetString(version)}}},"capabilities":{"tools":{}},
                "serverInfo":{"name":"echo","version":"1"}}
                """);
        }
        else if (request.Method.SequenceEqual("\"tools/list\""u8))
        {
            Result(request.Id, """
                {"tools":[
                {"name":"echo","annotations":{"readOnlyHint":true},
                "inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}},
                {"name":"big","annotations":{"readOnlyHint":true},
                "inputSchema":{"type":"object","properties":{"bytes":{"type":"integer"}},"required":["bytes"]}}]}
                """);
        }
        else if (request.Method.SequenceEqual("\"ping\""u8))
        {
            Result(request.Id, "{}");
        }
        else
        {
            Error(request.Id, -32601, "this server knows initialize, ping, tools/list and tools/call");
        }
    }

    private void Call(EchoRequest request)
    {
        if (request.Tool.SequenceEqual("\"echo\""u8) && !request.Text.IsEmpty)
        {
            Text(request.Id, request.Text);
        }
        else if (request.Tool.SequenceEqual("\"big\""u8) && request.Bytes is > 0 and <= BigBytesMax)
        {
            if (big.Length != request.Bytes + 2)
            {
                big = Encoding.ASCII.GetBytes($"\"{new string('x', request.Bytes)}\"");
            }

            Text(request.Id, big);
        }
        else
        {
            Error(request.Id, -32602, $"call echo with a text, or big with 1 to {BigBytesMax} bytes");
        }
    }

    private void Text(ReadOnlySpan<byte> id, ReadOnlySpan<byte> text)
    {
        Span<byte> head = stackalloc byte[256];
        if (id.Length > 128)
        {
            Error("null"u8, -32600, "the id is longer than 128 bytes");
            return;
        }

        var length = Join(
            head, "{\"jsonrpc\":\"2.0\",\"id\":"u8, id, ",\"result\":{\"content\":[{\"type\":\"text\",\"text\":"u8);
        writer.AppendLine(head[..length], text, "}]}}"u8);
    }

    private void Result(ReadOnlySpan<byte> id, string result) =>
        writer.AppendLine(
            "{\"jsonrpc\":\"2.0\",\"id\":"u8,
            id,
            Encoding.UTF8.GetBytes($",\"result\":{result.ReplaceLineEndings("")}}}"));

    private void Error(ReadOnlySpan<byte> id, int code, string message) =>
        writer.AppendLine(
            "{\"jsonrpc\":\"2.0\",\"id\":"u8,
            id,
            Encoding.UTF8.GetBytes($",\"error\":{{\"code\":{code},\"message\":\"{message}\"}}}}"));

    private static int Join(
        Span<byte> target, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        first.CopyTo(target);
        second.CopyTo(target[first.Length..]);
        third.CopyTo(target[(first.Length + second.Length)..]);
        return first.Length + second.Length + third.Length;
    }
}

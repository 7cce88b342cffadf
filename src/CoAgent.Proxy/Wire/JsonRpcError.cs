using System.Buffers;
using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>Answers that the proxy itself gives, and the codes that JSON-RPC and MCP have for them.</summary>
internal static class JsonRpcError
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int InternalError = -32603;

    /// <summary>What servers of the legacy era answer to a request outside a session.</summary>
    public const int NoSession = -32000;

    /// <summary>What servers of the legacy era answer to a session that they do not know.</summary>
    public const int SessionNotFound = -32001;

    public const int HeaderMismatch = -32020;
    public const int MissingClientCapability = -32021;
    public const int UnsupportedProtocolVersion = -32022;

    private static readonly byte[] NullId = "null"u8.ToArray();

    /// <summary>An error answer.</summary>
    /// <param name="id">The id's spelling; empty becomes <c>null</c>.</param>
    /// <param name="code">A JSON-RPC code.</param>
    /// <param name="message">What is wrong and what to do, without secrets, paths or addresses.</param>
    public static byte[] Answer(ReadOnlySpan<byte> id, int code, string message) =>
        Write(id, writer =>
        {
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("code"u8, code);
            writer.WriteString("message"u8, message);
            writer.WriteEndObject();
        });

    /// <summary>A result answer whose result is given as JSON.</summary>
    public static byte[] Result(ReadOnlySpan<byte> id, ReadOnlyMemory<byte> resultUtf8) =>
        Write(id, writer =>
        {
            writer.WritePropertyName("result"u8);
            writer.WriteRawValue(resultUtf8.Span, skipInputValidation: true);
        });

    /// <summary>A notification or request whose params are given as JSON.</summary>
    public static byte[] Call(ReadOnlySpan<byte> id, string method, ReadOnlyMemory<byte> paramsUtf8)
    {
        var output = new ArrayBufferWriter<byte>(64 + paramsUtf8.Length);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (!id.IsEmpty)
        {
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(id, skipInputValidation: true);
        }

        writer.WriteString("method"u8, method);
        if (!paramsUtf8.IsEmpty)
        {
            writer.WritePropertyName("params"u8);
            writer.WriteRawValue(paramsUtf8.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Write(ReadOnlySpan<byte> id, Action<Utf8JsonWriter> body)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(id.IsEmpty ? NullId : id, skipInputValidation: true);
        body(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}

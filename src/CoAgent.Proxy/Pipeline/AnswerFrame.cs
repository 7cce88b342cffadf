using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Pipeline;

/// <summary>An answer that did not come over the client's own connection, as a message.</summary>
internal static class AnswerFrame
{
    /// <summary>The message; in the modern era every result says of which type it is.</summary>
    public static JsonRpcFrame Of(ToolResult result, bool isModern)
    {
        if (result.Kind == ToolResultKind.ProtocolError)
        {
            return JsonRpcFrame.Parse((byte[])[.. "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":"u8, .. result.Utf8.Span, (byte)'}']);
        }

        var frame = JsonRpcFrame.Parse(JsonRpcError.Result("0"u8, result.Utf8));
        return isModern && frame.BodyIsObject && !frame.Members.ResultType.Exists
            ? JsonRpcFrame.Parse(new Splice(
                frame.Utf8, ObjectEdit.IntoObject(frame, frame.Body, "\"resultType\":\"complete\""u8.ToArray())).ToMemory())
            : frame;
    }
}

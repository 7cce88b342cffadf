using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>The name that a server gives itself (<c>serverInfo</c>).</summary>
internal static class ServerName
{
    private const string ModernKey = "io.modelcontextprotocol/serverInfo";

    /// <summary>The name in an answer to <c>initialize</c> or <c>server/discover</c>; null when there is none.</summary>
    public static string? Of(JsonRpcFrame? answer) =>
        InfoOf(answer) is { } info && info.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    /// <summary>What a server says of itself in an answer to <c>initialize</c> or <c>server/discover</c>; null when it says nothing.</summary>
    public static JsonElement? InfoOf(JsonRpcFrame? answer)
    {
        if (answer is not { Kind: FrameKind.Result, BodyIsObject: true })
        {
            return null;
        }

        var result = JsonElement.Parse(answer.Span(answer.Body), InputRequests.Deep);
        return ObjectIn(result, "serverInfo") ?? (ObjectIn(result, "_meta") is { } meta ? ObjectIn(meta, ModernKey) : null);
    }

    /// <summary>Asks a server of the modern era; null when it does not answer with a result.</summary>
    public static async Task<JsonRpcFrame?> AskAsync(ServerConnection connection)
    {
        var discover = JsonRpcFrame.Parse(JsonRpcError.Call(
            "0"u8, MethodNames.Discover, (byte[])[(byte)'{', .. ObjectEdit.Member("_meta", OwnMetadata.OfModernRequest), (byte)'}']));
        return await connection.RequestAsync(new RelayRequest(discover, Requester: null, Handshake.StartTimeout))
            is Reply.Answered { Frame: { Kind: FrameKind.Result } answer } ? answer : null;
    }

    private static JsonElement? ObjectIn(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}

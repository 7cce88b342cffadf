using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace CoAgent.Fixtures.Conformance;

/// <summary>What 2026-07-28 asks of the headers and <c>_meta</c> of a POST, in the order in which it is checked.</summary>
internal sealed class ModernRequestCheck(Func<string, JsonObject?> inputSchemaOf)
{
    private static readonly string[] RemovedMethods =
        ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];

    /// <summary>Whether the request speaks the era without sessions (or a version that does not exist).</summary>
    public static bool Applies(HttpRequest http, JsonRpcMessage message) =>
        (VersionHeader(http) is { Length: > 0 } version && !ProtocolEras.IsLegacy(version))
        || Meta(message)?.ContainsKey(MetaKeys.ProtocolVersion) == true;

    /// <summary>The first reason to refuse, or nothing.</summary>
    public HttpRefusal? Find(HttpRequest http, JsonRpcMessage message) =>
        message is JsonRpcRequest request
            ? FindVersion(http, request)
                ?? FindMethod(http, request)
                ?? FindName(http, request)
                ?? FindCapabilities(request)
                ?? FindRemoved(request)
                ?? ParameterHeaders.Find(http, request, inputSchemaOf)
            : null;

    private static HttpRefusal? FindVersion(HttpRequest http, JsonRpcRequest request)
    {
        var header = VersionHeader(http);
        var body = Text(Meta(request)?[MetaKeys.ProtocolVersion]);
        if (header.Length == 0)
        {
            return HttpRefusal.HeaderMismatch("Send MCP-Protocol-Version; the body declares a version.");
        }

        if (body is null)
        {
            return HttpRefusal.InvalidParams($"Send _meta/{MetaKeys.ProtocolVersion}.");
        }

        if (header != body)
        {
            return HttpRefusal.HeaderMismatch($"MCP-Protocol-Version '{header}' is not the body's '{body}'.");
        }

        return header == ProtocolEras.Modern
            ? null
            : new HttpRefusal(
                StatusCodes.Status400BadRequest,
                (int)McpErrorCode.UnsupportedProtocolVersion,
                $"Protocol version '{header}' is not served.",
                new JsonObject { ["supported"] = new JsonArray(ProtocolEras.Modern), ["requested"] = header });
    }

    private static HttpRefusal? FindMethod(HttpRequest http, JsonRpcRequest request) =>
        http.Headers["Mcp-Method"].ToString().Trim() == request.Method
            ? null
            : HttpRefusal.HeaderMismatch($"Mcp-Method must be '{request.Method}', as in the body.");

    private static HttpRefusal? FindName(HttpRequest http, JsonRpcRequest request)
    {
        var source = request.Method switch
        {
            "tools/call" or "prompts/get" => "name",
            "resources/read" => "uri",
            _ => null,
        };
        if (source is null || Text((request.Params as JsonObject)?[source]) is not { } expected)
        {
            return null;
        }

        return HeaderText.Decode(http.Headers["Mcp-Name"].ToString().Trim()) == expected
            ? null
            : HttpRefusal.HeaderMismatch($"Mcp-Name must be the body's '{source}'.");
    }

    private static HttpRefusal? FindCapabilities(JsonRpcRequest request) =>
        Meta(request)?[MetaKeys.ClientCapabilities] is JsonObject
            ? null
            : HttpRefusal.InvalidParams($"Send _meta/{MetaKeys.ClientCapabilities} as an object.");

    private static HttpRefusal? FindRemoved(JsonRpcRequest request) =>
        RemovedMethods.Contains(request.Method)
            ? new HttpRefusal(
                StatusCodes.Status404NotFound,
                (int)McpErrorCode.MethodNotFound,
                $"'{request.Method}' does not exist in {ProtocolEras.Modern}.")
            : null;

    private static string VersionHeader(HttpRequest http) => http.Headers["MCP-Protocol-Version"].ToString();

    private static JsonObject? Meta(JsonRpcMessage message) => message switch
    {
        JsonRpcRequest request => (request.Params as JsonObject)?["_meta"] as JsonObject,
        JsonRpcNotification notification => (notification.Params as JsonObject)?["_meta"] as JsonObject,
        _ => null,
    };

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}

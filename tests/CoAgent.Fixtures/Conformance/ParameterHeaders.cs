using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;

namespace CoAgent.Fixtures.Conformance;

/// <summary>Compares <c>Mcp-Param-…</c> headers with the text arguments that a tool's schema mirrors into them.</summary>
internal static class ParameterHeaders
{
    public static HttpRefusal? Find(HttpRequest http, JsonRpcRequest request, Func<string, JsonObject?> inputSchemaOf)
    {
        if (request.Method != "tools/call"
            || request.Params is not JsonObject call
            || call["name"] is not JsonValue name
            || !name.TryGetValue(out string? tool)
            || inputSchemaOf(tool)?["properties"] is not JsonObject properties)
        {
            return null;
        }

        var arguments = call["arguments"] as JsonObject;
        return properties
            .Where(property => property.Value?["x-mcp-header"] is not null)
            .Select(property => Compare(http, property.Value!["x-mcp-header"]!.ToString(), arguments?[property.Key]))
            .FirstOrDefault(refusal => refusal is not null);
    }

    private static HttpRefusal? Compare(HttpRequest http, string header, JsonNode? argument)
    {
        var given = http.Headers["Mcp-Param-" + header];
        if (given.Count == 0)
        {
            return argument is null ? null : HttpRefusal.HeaderMismatch($"Send Mcp-Param-{header}.");
        }

        return HeaderText.Decode(given.ToString().Trim()) is { } text && (argument is null || text == argument.ToString())
            ? null
            : HttpRefusal.HeaderMismatch($"Mcp-Param-{header} is not the argument in the body.");
    }
}

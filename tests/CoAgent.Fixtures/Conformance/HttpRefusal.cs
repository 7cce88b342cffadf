using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace CoAgent.Fixtures.Conformance;

/// <summary>A request that is refused before it reaches the server: HTTP status and JSON-RPC error.</summary>
internal sealed record HttpRefusal(int Status, int Code, string Message, JsonNode? ErrorData = null)
{
    public static HttpRefusal HeaderMismatch(string message) =>
        new(StatusCodes.Status400BadRequest, (int)McpErrorCode.HeaderMismatch, message);

    public static HttpRefusal InvalidParams(string message) =>
        new(StatusCodes.Status400BadRequest, (int)McpErrorCode.InvalidParams, message);

    public static HttpRefusal InvalidRequest(string message, int status = StatusCodes.Status400BadRequest) =>
        new(status, (int)McpErrorCode.InvalidRequest, message);

    public async Task WriteAsync(HttpContext context, RequestId id)
    {
        var error = new JsonRpcError
        {
            Id = id,
            Error = new JsonRpcErrorDetail { Code = Code, Message = Message, Data = ErrorData },
        };
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync<JsonRpcMessage>(
            context.Response.Body, error, McpJsonUtilities.DefaultOptions, context.RequestAborted);
    }
}

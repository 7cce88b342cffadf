using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Fixtures.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The conformance server over Streamable HTTP: sessions for older clients, none for newer ones.</summary>
internal sealed class ConformanceHttp(ConformanceServer conformance)
{
    private const string SessionHeader = "Mcp-Session-Id";

    private readonly ConcurrentDictionary<string, LegacySession> sessions = new();
    private readonly ModernRequestCheck modernCheck = new(conformance.InputSchemaOf);

    /// <summary>(0) the host and origin, (1) the verb, (2) the message, (3) its era, (4) its session, (5) the answer.</summary>
    public Task HandleAsync(HttpContext context)
    {
        if (!OriginCheck.IsLocal(context.Request))
        {
            return RefuseAsync(context, HttpRefusal.InvalidRequest(
                "Only requests for and from this machine are served.", StatusCodes.Status403Forbidden));
        }

        return context.Request.Method switch
        {
            "POST" => PostAsync(context),
            "GET" => GetAsync(context),
            "DELETE" => DeleteAsync(context),
            _ => RefuseAsync(context, HttpRefusal.InvalidRequest(
                "Use POST, GET or DELETE.", StatusCodes.Status405MethodNotAllowed)),
        };
    }

    private async Task PostAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } message)
        {
            await RefuseAsync(context, HttpRefusal.InvalidRequest("The body is not one JSON-RPC message."));
            return;
        }

        message.Context = new JsonRpcMessageContext
        {
            ProtocolVersion = context.Request.Headers["MCP-Protocol-Version"].ToString() is { Length: > 0 } version
                ? version
                : null,
        };
        var id = message is JsonRpcRequest request ? request.Id : default;
        if (ModernRequestCheck.Applies(context.Request, message))
        {
            await PostModernAsync(context, message, id);
        }
        else
        {
            await PostLegacyAsync(context, message, id);
        }
    }

    private async Task PostModernAsync(HttpContext context, JsonRpcMessage message, RequestId id)
    {
        if (modernCheck.Find(context.Request, message) is { } refusal)
        {
            await refusal.WriteAsync(context, id);
            return;
        }

        await using var transport = new StreamableHttpServerTransport { Stateless = true };
        await using var server = McpServer.Create(transport, conformance.Options);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var running = server.RunAsync(done.Token);
        await AnswerAsync(context, transport, message, first =>
        {
            context.Response.StatusCode = StatusOf(first);
            return ValueTask.CompletedTask;
        });
        await done.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // The server of one request ends with it.
        }
    }

    private async Task PostLegacyAsync(HttpContext context, JsonRpcMessage message, RequestId id)
    {
        var sessionId = context.Request.Headers[SessionHeader].ToString();
        if (sessionId.Length == 0 && message is JsonRpcRequest { Method: "initialize" } && sessions.Count < FixtureLimits.SessionsMax)
        {
            sessionId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            sessions[sessionId] = new LegacySession(sessionId, conformance);
            context.Response.Headers[SessionHeader] = sessionId;
        }

        if (FindSession(sessionId, out var refusal) is { } session)
        {
            await AnswerAsync(context, session.Transport, message, onResponseStarting: null);
        }
        else
        {
            await refusal!.WriteAsync(context, id);
        }
    }

    private async Task GetAsync(HttpContext context)
    {
        if (context.Request.Headers["MCP-Protocol-Version"] == ProtocolEras.Modern)
        {
            await RefuseAsync(context, HttpRefusal.InvalidRequest(
                "This version has no GET stream; use subscriptions/listen.", StatusCodes.Status405MethodNotAllowed));
            return;
        }

        if (FindSession(context.Request.Headers[SessionHeader].ToString(), out var refusal) is not { } session)
        {
            await RefuseAsync(context, refusal!);
            return;
        }

        if (!session.TryTakeGetStream())
        {
            await RefuseAsync(context, HttpRefusal.InvalidRequest(
                "This session has had its GET stream.", StatusCodes.Status409Conflict));
            return;
        }

        StartStream(context);
        try
        {
            await session.Transport.HandleGetRequestAsync(context.Response.Body, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client closed its stream.
            context.Abort();
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        var sessionId = context.Request.Headers[SessionHeader].ToString();
        if (FindSession(sessionId, out var refusal) is null)
        {
            await RefuseAsync(context, refusal!);
            return;
        }

        if (sessions.TryRemove(sessionId, out var session))
        {
            await session.DisposeAsync();
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private LegacySession? FindSession(string sessionId, out HttpRefusal? refusal)
    {
        refusal = null;
        if (sessionId.Length == 0)
        {
            refusal = HttpRefusal.InvalidRequest("Send Mcp-Session-Id, or initialize first.");
            return null;
        }

        if (!sessions.TryGetValue(sessionId, out var session))
        {
            refusal = HttpRefusal.InvalidRequest("This session does not exist; initialize again.", StatusCodes.Status404NotFound);
        }

        return session;
    }

    private static async Task AnswerAsync(
        HttpContext context,
        StreamableHttpServerTransport transport,
        JsonRpcMessage message,
        Func<JsonRpcMessage?, ValueTask>? onResponseStarting)
    {
        StartStream(context);
        try
        {
            if (!await transport.HandlePostRequestAsync(
                message, context.Response.Body, onResponseStarting, context.RequestAborted))
            {
                context.Response.Headers.ContentType = default;
                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }
        catch (OperationCanceledException)
        {
            // The client closed its stream, or the session ended: nobody is left to answer.
            context.Abort();
        }
    }

    private static int StatusOf(JsonRpcMessage? first) => first is JsonRpcError { Error.Code: var code }
        ? (McpErrorCode)code switch
        {
            McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
            McpErrorCode.MissingRequiredClientCapability
                or McpErrorCode.UnsupportedProtocolVersion
                or McpErrorCode.HeaderMismatch => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status200OK,
        }
        : StatusCodes.Status200OK;

    private static void StartStream(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache,no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
    }

    private static async Task<JsonRpcMessage?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<JsonRpcMessage>(
                context.Request.Body, McpJsonUtilities.DefaultOptions, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task RefuseAsync(HttpContext context, HttpRefusal refusal) => refusal.WriteAsync(context, default);
}

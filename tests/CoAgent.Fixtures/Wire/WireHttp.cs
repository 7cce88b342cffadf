using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Fixtures.Wire;

/// <summary>Serves raw messages over Streamable HTTP, with sessions for clients that initialize.</summary>
internal sealed class WireHttp(IMessageServer server)
{
    private const string SessionHeader = "Mcp-Session-Id";

    private readonly ConcurrentDictionary<string, HttpExchange> waiting = new();

    public HttpSessions Sessions { get; } = new();

    /// <summary>The bearer token that every request must carry, if any.</summary>
    public string? Token { get; init; }

    /// <summary>Called with the body of every POST before it is looked at.</summary>
    public Action<ReadOnlyMemory<byte>>? Received { get; init; }

    /// <summary>Takes a POST before the server does; true where it has answered.</summary>
    public Func<HttpContext, WireMessage, Task<bool>>? Intercept { get; init; }

    public Task HandleAsync(HttpContext context)
    {
        if (Token is not null && context.Request.Headers.Authorization != "Bearer " + Token)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return RefuseAsync(context, StatusCodes.Status401Unauthorized, "Send the bearer token.");
        }

        return context.Request.Method switch
        {
            "POST" => PostAsync(context),
            "GET" => GetAsync(context),
            "DELETE" => DeleteAsync(context),
            _ => RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "Use POST, GET or DELETE."),
        };
    }

    private async Task PostAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var line = body.ToArray();
        Received?.Invoke(line);
        if (WireMessage.Parse(line) is not { } message)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The body is not a JSON object.");
            return;
        }

        if (Intercept is not null && await Intercept(context, message))
        {
            return;
        }

        if (await FindRefusalAsync(context, message))
        {
            return;
        }

        await (message.IsRequest ? AnswerAsync(context, message) : TakeAsync(context, message));
    }

    private async Task<bool> FindRefusalAsync(HttpContext context, WireMessage message)
    {
        var session = context.Request.Headers[SessionHeader].ToString();
        if (message.DeclaredVersion is { } version)
        {
            return await RefuseIfAsync(
                context,
                context.Request.Headers["MCP-Protocol-Version"] != version,
                StatusCodes.Status400BadRequest,
                "MCP-Protocol-Version is not what the body declares.");
        }

        if (message.Method == "initialize")
        {
            context.Response.Headers[SessionHeader] = Sessions.Open();
            return false;
        }

        return await RefuseIfAsync(context, session.Length == 0, StatusCodes.Status400BadRequest, "Send Mcp-Session-Id.")
            || await RefuseIfAsync(
                context, !Sessions.Contains(session), StatusCodes.Status404NotFound, "This session does not exist.");
    }

    private async Task AnswerAsync(HttpContext context, WireMessage request)
    {
        using var exchange = new HttpExchange(context);
        var key = Key(context, request.Id!);
        waiting[key] = exchange;
        try
        {
            await server.HandleAsync(request, SenderFor(context, exchange), context.RequestAborted);
            await exchange.Answered.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client closed its stream: that cancels the call.
            context.Abort();
        }
        finally
        {
            waiting.TryRemove(key, out _);
        }
    }

    private async Task TakeAsync(HttpContext context, WireMessage message)
    {
        var stream = Sessions.StreamOf(context.Request.Headers[SessionHeader].ToString());
        await server.HandleAsync(message, SenderFor(context, stream), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    // An answer goes to the request that waits for it; anything else beside what is being handled.
    private LineSender SenderFor(HttpContext context, HttpExchange? beside) => async (line, cancellationToken) =>
    {
        if (WireMessage.Parse(line) is { IsAnswer: true, Id: { } id }
            && waiting.TryGetValue(Key(context, id), out var exchange))
        {
            await exchange.SendAsync(line, isAnswer: true, cancellationToken);
        }
        else if (beside is not null)
        {
            await beside.SendAsync(line, isAnswer: false, cancellationToken);
        }
    };

    private static string Key(HttpContext context, string id) =>
        context.Request.Headers[SessionHeader].ToString() is { Length: > 0 } session
            ? session + " " + id
            : context.Connection.Id + " " + id;

    private async Task GetAsync(HttpContext context)
    {
        var session = context.Request.Headers[SessionHeader].ToString();
        if (await RefuseIfAsync(
            context, !Sessions.Contains(session), StatusCodes.Status404NotFound, "This session does not exist."))
        {
            return;
        }

        using var stream = new HttpExchange(context);
        await stream.StartStreamAsync(context.RequestAborted);
        Sessions.Attach(session, stream);
        try
        {
            await stream.Answered.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        finally
        {
            Sessions.Detach(session, stream);
        }
    }

    private Task DeleteAsync(HttpContext context)
    {
        context.Response.StatusCode = Sessions.Close(context.Request.Headers[SessionHeader].ToString())
            ? StatusCodes.Status204NoContent
            : StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task<bool> RefuseIfAsync(HttpContext context, bool refused, int status, string reason)
    {
        if (refused)
        {
            await RefuseAsync(context, status, reason);
        }

        return refused;
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(reason, context.RequestAborted);
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>The MCP endpoint over HTTP, for clients of both eras.</summary>
internal sealed class StreamableHttpEndpoint(ProxyContext context, HttpSessions sessions)
{
    /// <summary>How long a stream stays silent before it gets a comment.</summary>
    public static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromSeconds(15);

    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";

    private static readonly ServerSelection AllServers = new ServerSelection.All();

    private readonly ConcurrentDictionary<HttpExchange, bool> _open = new();

    /// <summary>Serves one HTTP request.</summary>
    /// <param name="http">The request and its response.</param>
    /// <param name="agent">The agent that the URL names; null when it names none.</param>
    /// <param name="stopping">Set when the daemon is going down.</param>
    public Task HandleAsync(HttpContext http, string? agent, CancellationToken stopping) => http.Request.Method switch
    {
        "POST" => PostAsync(http, agent),
        "GET" => GetAsync(http, stopping),
        "DELETE" => DeleteAsync(http),
        _ => RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, JsonRpcError.InvalidRequest, "Use POST, GET or DELETE."),
    };

    /// <summary>Gives signs of life to the requests that have been silent.</summary>
    public async Task KeepAliveAsync()
    {
        foreach (var exchange in _open.Keys)
        {
            await exchange.KeepAliveAsync(KeepAlivePeriod);
        }
    }

    private async Task PostAsync(HttpContext http, string? agent)
    {
        if (await ReadMessageAsync(http) is not { } frame)
        {
            return;
        }

        if (CallerOf(http, agent, frame) is not { } caller)
        {
            var words = $"The agent's name is not {AgentId.Rule}, or the rank is not a whole number from 1.";
            await RefuseAsync(http, StatusCodes.Status400BadRequest, JsonRpcError.InvalidRequest, words, frame);
        }
        else if (ModernHeaders.Apply(http.Request, frame))
        {
            await PostModernAsync(http, frame, caller);
        }
        else if (frame.Is(MethodNames.Initialize))
        {
            await BeginAsync(http, frame, caller);
        }
        else if (await FindAsync(http, frame) is { } session)
        {
            await DispatchAsync(http, frame, session.Session, isModern: false);
        }
    }

    private async Task PostModernAsync(HttpContext http, JsonRpcFrame frame, HttpCaller caller)
    {
        if (ModernHeaders.Fault(http.Request, frame) is { } fault)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, fault.Code, fault.Message, frame);
        }
        else if (sessions.ForModern(caller) is { } session)
        {
            await DispatchAsync(http, frame, session.Session, isModern: true);
        }
        else
        {
            await RefuseFullAsync(http, frame);
        }
    }

    private async Task BeginAsync(HttpContext http, JsonRpcFrame initialize, HttpCaller caller)
    {
        if (sessions.Begin(caller) is not { } begun)
        {
            await RefuseFullAsync(http, initialize);
            return;
        }

        http.Response.Headers[SessionHeader] = begun.Id;
        await DispatchAsync(http, initialize, begun.Session.Session, isModern: false);
        if (begun.Session.Session.InitializeRequest is null)
        {
            await sessions.EndAsync(begun.Id); // refused: there is no session to go on with
        }
    }

    private async Task DispatchAsync(HttpContext http, JsonRpcFrame frame, ClientSession session, bool isModern)
    {
        switch (frame.Kind)
        {
            case FrameKind.Request:
                await AnswerAsync(http, frame, session, isModern);
                return;
            case FrameKind.Notification when isModern && frame.Is(MethodNames.Cancelled):
                break; // there the closed response cancels; an id alone could mean another client's request
            case FrameKind.Notification:
                await session.ClientNotifiedAsync(frame);
                break;
            default:
                await session.ClientAnsweredAsync(frame);
                break;
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    // The stage boundary of a request over HTTP: whatever goes wrong here, its client gets an answer.
    private async Task AnswerAsync(HttpContext http, JsonRpcFrame frame, ClientSession session, bool isModern)
    {
        using var exchange = new HttpExchange(http, frame, isModern, context.Time);
        await using var gone = http.RequestAborted.UnsafeRegister(static state => ((HttpExchange)state!).Cancel(), exchange);
        _open[exchange] = true;
        try
        {
            await exchange.CompleteAsync(await session.RequestAsync(exchange));
        }
        catch (Exception error)
        {
            session.Failed(error, frame.Method);
            await exchange.CompleteAsync(JsonRpcError.Answer(
                exchange.IdUtf8.Span, JsonRpcError.InternalError, "The proxy failed on this request; its log says why."));
        }
        finally
        {
            _open.TryRemove(exchange, out _);
        }
    }

    private async Task GetAsync(HttpContext http, CancellationToken stopping)
    {
        if (MirrorHeaders.IsModern(http.Request.Headers[VersionHeader]) || !http.Request.Headers.ContainsKey(SessionHeader))
        {
            http.Response.Headers.Allow = "POST";
            await RefuseAsync(
                http, StatusCodes.Status405MethodNotAllowed, JsonRpcError.InvalidRequest,
                "There is no stream without a session: POST \"initialize\" first, or \"subscriptions/listen\" in the modern era.");
        }
        else if (!AcceptHeader.TakesEvents(http.Request))
        {
            await RefuseAsync(http, StatusCodes.Status406NotAcceptable, JsonRpcError.InvalidRequest, "Accept must take text/event-stream.");
        }
        else if (await FindAsync(http, frame: null) is { Channel: { } channel })
        {
            await channel.ServeAsync(http, stopping);
        }
    }

    private async Task DeleteAsync(HttpContext http)
    {
        if (MirrorHeaders.IsModern(http.Request.Headers[VersionHeader]))
        {
            http.Response.Headers.Allow = "POST";
            await RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, JsonRpcError.InvalidRequest, "There are no sessions in this version.");
        }
        else if (await FindAsync(http, frame: null) is not null)
        {
            await sessions.EndAsync(http.Request.Headers[SessionHeader].ToString());
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task<HttpSessions.HttpSession?> FindAsync(HttpContext http, JsonRpcFrame? frame)
    {
        var id = http.Request.Headers[SessionHeader].ToString();
        var version = http.Request.Headers[VersionHeader].ToString();
        if (id.Length == 0)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, JsonRpcError.NoSession, "Bad Request: no Mcp-Session-Id header; POST \"initialize\" first.", frame);
        }
        else if (version.Length > 0 && !MirrorHeaders.LegacyVersions.Contains(version))
        {
            var words = $"Unsupported protocol version '{version}'; a session speaks one of {string.Join(", ", MirrorHeaders.LegacyVersions)}.";
            await RefuseAsync(http, StatusCodes.Status400BadRequest, JsonRpcError.NoSession, words, frame);
        }
        else if (sessions.Find(id) is { } session)
        {
            return session;
        }
        else
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, JsonRpcError.SessionNotFound, "Session not found: POST \"initialize\" again.", frame);
        }

        return null;
    }

    private async Task<JsonRpcFrame?> ReadMessageAsync(HttpContext http)
    {
        var mediaType = http.Request.ContentType?.Split(';')[0].Trim();
        if (!string.Equals(mediaType, "application/json", StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(http, StatusCodes.Status415UnsupportedMediaType, JsonRpcError.InvalidRequest, "Content-Type must be application/json.");
            return null;
        }

        if (!AcceptHeader.TakesJson(http.Request) && !AcceptHeader.TakesEvents(http.Request))
        {
            await RefuseAsync(http, StatusCodes.Status406NotAcceptable, JsonRpcError.InvalidRequest, "Accept must take application/json and text/event-stream.");
            return null;
        }

        if (await HttpBody.ReadAsync(http.Request, context.Limits.MessageBytesMax) is not { } body)
        {
            var words = $"The message is longer than {context.Limits.MessageBytesMax:N0} bytes (\"messageBytesMax\" in the configuration).";
            await RefuseAsync(http, StatusCodes.Status413PayloadTooLarge, JsonRpcError.InvalidRequest, words);
            return null;
        }

        if (!JsonRpcFrame.TryParse(body, context.Limits.NestingLevelsMax, out var frame, out var fault))
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, fault.AnswerTo(body));
            return null;
        }

        return frame;
    }

    private static HttpCaller? CallerOf(HttpContext http, string? pathAgent, JsonRpcFrame frame)
    {
        var request = http.Request;
        var named = pathAgent ?? request.Headers["CoAgent-Agent"].FirstOrDefault();
        var rankText = request.Query["rank"].FirstOrDefault() ?? request.Headers["CoAgent-Rank"].FirstOrDefault();
        var agent = named is null ? null : AgentId.TryCreate(named);
        var rank = long.TryParse(rankText, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Rank.TryCreate(number) : null;
        if ((named is not null && agent is null) || (rankText is not null && rank is null))
        {
            return null;
        }

        return new HttpCaller(agent, rank, SelectionOf(request), agent?.Value ?? ClientName.Of(frame));
    }

    private static ServerSelection SelectionOf(HttpRequest request)
    {
        if (!request.Query.ContainsKey("server") && !request.Headers.ContainsKey("CoAgent-Server"))
        {
            return AllServers;
        }

        return new ServerSelection.Named(
        [
            .. request.Query["server"].Concat(request.Headers["CoAgent-Server"]).OfType<string>()
                .SelectMany(static names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        ]);
    }

    private Task RefuseFullAsync(HttpContext http, JsonRpcFrame frame) => RefuseAsync(
        http, StatusCodes.Status503ServiceUnavailable, JsonRpcError.InternalError,
        $"There are {context.Limits.SessionsMax} sessions already (\"sessionsMax\" in the configuration).", frame);

    private static Task RefuseAsync(HttpContext http, int status, int code, string message, JsonRpcFrame? frame = null) =>
        RefuseAsync(
            http, status, JsonRpcError.Answer(frame is { Kind: FrameKind.Request } ? frame.Span(frame.Id) : default, code, message));

    private static async Task RefuseAsync(HttpContext http, int status, byte[] answer)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Length;
        await http.Response.BodyWriter.WriteAsync(answer, http.RequestAborted);
    }
}

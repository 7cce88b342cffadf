using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Brings each request of a session to whom it concerns: one server, several, or the proxy itself.</summary>
/// <remarks>
/// Before a single server nothing is merged and nothing renamed: every request that is no tool call passes as it is.
/// </remarks>
internal sealed class RequestRouter : IAsyncDisposable
{
    private static readonly byte[] EmptyResult = "{}"u8.ToArray();

    private readonly ClientSession _session;
    private readonly ProxyContext _context;
    private readonly ToolResolver _tools;
    private readonly MergedServers _merged;
    private readonly GrownToolCalls _grown;

    public RequestRouter(ClientSession session, ProxyContext context)
    {
        _session = session;
        _context = context;
        _merged = new MergedServers(session, context);
        _tools = new ToolResolver(session, _merged.Tools);
        _grown = new GrownToolCalls(session, context);
    }

    public Task<Splice> RouteAsync(ClientExchange exchange)
    {
        var request = exchange.Request;
        if (request.Is(MethodNames.Initialize) && !IsModern(request))
        {
            return InitializeAsync(exchange);
        }

        if (_session.InitializeRequest is null)
        {
            _session.BeginModern();
        }

        return request.Method switch
        {
            MethodNames.ToolsCall => CallAsync(exchange),
            MethodNames.Ping when _session.InitializeRequest is not null =>
                Task.FromResult(ClientAnswer.Result(exchange, EmptyResult)),
            MethodNames.ToolsList when _session.Links is [{ IsPlain: true } only] => ListToolsAsync(exchange, only),
            MethodNames.Discover when _session.Links is [var only] => DiscoverAsync(exchange, only),
            _ when _session.Links is [var only] && !request.Is(MethodNames.ToolsList) => RelayAsync(exchange, only),
            _ => _merged.RouteAsync(exchange),
        };
    }

    /// <summary>A server said something: a list that changed has to be asked for again.</summary>
    public void ServerNotified(JsonRpcFrame notification) => _merged.Invalidate(notification);

    /// <summary>The servers of the session are not the same any more.</summary>
    public void ServersChanged() => _merged.InvalidateAll();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _grown.DisposeAsync();

    public static bool IsModern(JsonRpcFrame request) =>
        request.Members.Meta.Exists && MetaMembers.Of(request).ProtocolVersion.Exists;

    private async Task<Splice> InitializeAsync(ClientExchange exchange)
    {
        if (await _context.Calls.RefusedRankAsync(_session.Identity) is { } refusal)
        {
            return ClientAnswer.Error(exchange, JsonRpcError.InvalidRequest, refusal);
        }

        await _session.BeginLegacyAsync(exchange.Request);
        return _session.Links is [var only] ? await OpenSingleAsync(exchange, only) : await _merged.InitializeAsync(exchange);
    }

    private static async Task<Splice> OpenSingleAsync(ClientExchange exchange, ServerLink link) =>
        await link.OpenAsync() switch
        {
            Opening.Ready { InitializeAnswer: { } answer } => ClientAnswer.From(exchange, answer, Introduction.Into(answer)),
            Opening.Refused refused => ClientAnswer.From(exchange, refused.Answer),
            Opening.Failed failed => ClientAnswer.Error(exchange, JsonRpcError.InternalError, failed.Fault.Message),
            _ => throw new InvalidOperationException("A legacy session opens with a handshake."),
        };

    private async Task<Splice> CallAsync(ClientExchange exchange)
    {
        var agent = _session.Identity.AgentOf(exchange.Request);
        _session.Agents.TryAdd(agent, true);
        if (exchange.Request.TextOf(exchange.Request.Members.Name) is { } name && OwnTool.Is(name))
        {
            return await _context.OwnTools.InvokeAsync(exchange, name, agent);
        }

        if (exchange.Request.TextOf(exchange.Request.Members.Name) is { } asked && _grown.Find(asked) is { } grown)
        {
            return await _grown.InvokeAsync(exchange, grown, agent);
        }

        var resolution = await _tools.ResolveAsync(exchange);
        return resolution switch
        {
            ToolResolution.Found found when HeaderMismatchOf(exchange, found) is { } mismatch =>
                ClientAnswer.Error(exchange, JsonRpcError.HeaderMismatch, mismatch),
            ToolResolution.Found found => await _context.Calls.InvokeAsync(
                new ToolCall(exchange, _session.Identity, agent, found.Link, found.OwnName, found.IsRenamed)
                {
                    Handshake = _session.InitializeRequest,
                }),
            ToolResolution.NotFound none => ClientAnswer.Error(exchange, JsonRpcError.InvalidParams, none.Message),
            _ => throw new InvalidOperationException("A tool is found or not."),
        };
    }

    // A server behind HTTP gets the headers too and judges for itself; for any other the proxy is the one that speaks HTTP.
    private static string? HeaderMismatchOf(ClientExchange exchange, ToolResolution.Found found) =>
        exchange.ParameterHeaders is { } given && found.Link.Definition is not ServerDefinition.Http
            ? ParameterHeaders.MismatchOf(found.Link.Tools.Of(found.OwnName), exchange.Request, given)
            : null;

    private async Task<Splice> ListToolsAsync(ClientExchange exchange, ServerLink link)
    {
        var reply = await AskAsync(exchange, link);
        if (reply is not Reply.Answered { Frame: { Kind: FrameKind.Result } answer })
        {
            return reply is Reply.Answered { Frame: var error } && error.KeyOf(error.Members.Code) == "-32601"
                ? ClientAnswer.Result(exchange, ToolListEdits.OwnAlone(IsModern(exchange.Request), _context.Grown?.DefinitionsBeside(static _ => false)))
                : ClientAnswer.From(exchange, reply);
        }

        var list = ListItems.Of(answer, "tools"u8);
        link.Tools.Note(list);
        _context.OwnTools.Shadow(link.Name, list.Items.Select(static item => item.Name));
        return ClientAnswer.From(exchange, answer, ToolListEdits.Of(
            list,
            addsOwn: !exchange.Request.Members.Cursor.Exists,
            stripsSchemas: _context.StripsOutputSchemas,
            _context.Grown?.DefinitionsBeside(name => link.Tools.Of(name) is not null)));
    }

    private static async Task<Splice> DiscoverAsync(ClientExchange exchange, ServerLink link)
    {
        var reply = await AskAsync(exchange, link);
        if (reply is not Reply.Answered { Frame: { Kind: FrameKind.Result } answer })
        {
            return ClientAnswer.From(exchange, reply);
        }

        link.NoteDiscovery(answer);
        return ClientAnswer.From(exchange, answer, Introduction.Into(answer));
    }

    private static async Task<Splice> RelayAsync(ClientExchange exchange, ServerLink link)
    {
        var reply = await AskAsync(exchange, link);
        if (reply is Reply.Answered { Frame.Kind: FrameKind.Result })
        {
            link.RememberStanding(exchange.Request);
        }

        return ClientAnswer.From(exchange, reply);
    }

    private static Task<Reply> AskAsync(ClientExchange exchange, ServerLink link)
    {
        var isListening = exchange.Request.Is(MethodNames.Listen);
        return link.RequestAsync(
            new RelayRequest(exchange.Request, exchange, isListening ? TimeSpan.Zero : link.Definition.Options.Timeout)
            {
                CancellationToken = exchange.Cancelled,
                ParameterHeaders = exchange.ParameterHeaders ?? [],
            });
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Wire;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Sessions;

/// <summary>One client's connection to the proxy and its own connections to the servers.</summary>
/// <remarks>
/// A legacy client has servers of its own, opened with its own handshake, as if it had started them: what it can do
/// (sampling, roots) and what it set (subscriptions, log level) reaches them and nobody else.
/// </remarks>
internal sealed partial class ClientSession : ILinkOwner, ISharedListener, IAsyncDisposable
{
    private static readonly TimeSpan RetireGrace = TimeSpan.FromSeconds(30);

    private readonly ProxyContext _context;
    private readonly IClientChannel _channel;
    private readonly ServerSelection _selection;
    private readonly ConcurrentDictionary<long, ClientExchange> _exchanges = new();
    private readonly AskedClient _asked;
    private readonly RequestRouter _router;
    private readonly ILogger _logger;
    private readonly Lock _beginning = new();
    private long _lastSequence;

    public ClientSession(ProxyContext context, string id, ConnectionIdentity identity, ServerSelection selection, IClientChannel channel)
    {
        _context = context;
        Id = id;
        Identity = identity;
        _selection = selection;
        _channel = channel;
        _logger = context.Loggers.CreateLogger("CoAgent.Session");
        _asked = new AskedClient(context.Limits.OpenCallsPerSessionMax);
        _router = new RequestRouter(this, context);
        LastUsed = context.Time.GetTimestamp();
    }

    public string Id { get; }

    public ConnectionIdentity Identity { get; }

    /// <summary>When the client was last heard of, as a timestamp of the time provider.</summary>
    public long LastUsed { get; private set; }

    public JsonRpcFrame? InitializeRequest { get; private set; }

    public bool IsInitialized { get; private set; }

    /// <summary>The servers that this client reaches, in the order of the configuration.</summary>
    public ImmutableArray<ServerLink> Links { get; private set; } = [];

    /// <summary>Why the client reaches no server, where <see cref="Links"/> is empty.</summary>
    public string WhyNoLinks => _selection.WhyNone(_context.Configuration());

    /// <summary>The agents that have called on this connection.</summary>
    public ConcurrentDictionary<AgentId, bool> Agents { get; } = new();

    /// <summary>Whether the client has ended in order, with all that came for it: nothing on its way to it can be lost.</summary>
    public bool HasSaidGoodbye { get; set; }

    /// <summary>How many requests of the client are open.</summary>
    public int OpenCount => _exchanges.Count;

    /// <summary>Opens the session for the legacy era; an earlier handshake on it is forgotten with all that it opened.</summary>
    public async Task BeginLegacyAsync(JsonRpcFrame initialize)
    {
        var probed = InitializeRequest is null ? Links : [];
        await CloseLinksAsync(Links.RemoveRange(probed));
        (InitializeRequest, IsInitialized) = (initialize, false);
        Links = MakeLinks(_context.Configuration(), definition =>
            probed.FirstOrDefault(link => link.Definition.Equals(definition) && definition.Options.Scope == ServerScope.Session));
        foreach (var link in Links.Intersect(probed))
        {
            // A client that tried the modern era first goes on with the server that it has tried.
            link.BeginLegacy();
        }
    }

    /// <summary>Opens the session for the modern era, where every request stands for itself.</summary>
    public void BeginModern()
    {
        // Its first requests may come all at once; servers that only some of them know would never be closed.
        lock (_beginning)
        {
            if (Links.IsEmpty)
            {
                Links = MakeLinks(_context.Configuration());
            }
        }
    }

    /// <summary>Answers a request; null when the client has cancelled it and expects no answer.</summary>
    public async Task<Splice?> RequestAsync(ClientExchange exchange)
    {
        LastUsed = _context.Time.GetTimestamp();
        if (_exchanges.Count >= _context.Limits.OpenCallsPerSessionMax)
        {
            return JsonRpcError.Answer(
                exchange.IdUtf8.Span,
                JsonRpcError.InternalError,
                $"{_exchanges.Count} requests are open on this session; wait for some of them (\"openCallsPerSessionMax\").");
        }

        exchange.Sequence = Interlocked.Increment(ref _lastSequence);
        _exchanges[exchange.Sequence] = exchange; // not by its id: a client may use one twice, and both are open
        try
        {
            var answer = await _router.RouteAsync(exchange);
            if (!exchange.Cancelled.IsCancellationRequested)
            {
                return answer;
            }

            await exchange.WhenLost();
            return null;
        }
        catch (OperationCanceledException) when (exchange.Cancelled.IsCancellationRequested)
        {
            return null; // cancelled before it reached a server
        }
        finally
        {
            _exchanges.TryRemove(exchange.Sequence, out _);
            LastUsed = _context.Time.GetTimestamp();
        }
    }

    /// <summary>Takes what the client says without waiting for an answer.</summary>
    public async ValueTask ClientNotifiedAsync(JsonRpcFrame notification)
    {
        LastUsed = _context.Time.GetTimestamp();
        switch (notification.Method)
        {
            case MethodNames.Cancelled:
                CancelExchange(notification.KeyOf(notification.Members.RequestId));
                return;
            case MethodNames.Initialized:
                IsInitialized = true;
                break;
            case MethodNames.Progress when _asked.ByToken(notification.KeyOf(notification.Members.ProgressToken)) is { } asker:
                await TellAskerAsync(asker.Connection, notification, new Edit(notification.Members.ProgressToken, asker.Token));
                return;
        }

        foreach (var link in Links)
        {
            await link.NotifyAsync(notification);
        }
    }

    /// <summary>Takes the client's answer to a request of a server.</summary>
    public async ValueTask ClientAnsweredAsync(JsonRpcFrame answer)
    {
        LastUsed = _context.Time.GetTimestamp();
        try
        {
            if (!await _asked.AnsweredAsync(answer))
            {
                LogStrayAnswer(Id, answer.IdKey);
            }
        }
        catch (IOException error)
        {
            LogAnswerLost(Id, error.Message);
        }
    }

    /// <summary>Takes over a new configuration: what did not change stays open, what is gone ends when it is idle.</summary>
    public async Task ReconfigureAsync(ProxyConfiguration configuration)
    {
        if (Links.IsEmpty && InitializeRequest is null)
        {
            return;
        }

        var before = Links;
        var kept = before.ToDictionary(static link => link.Name);
        Links = MakeLinks(configuration, definition =>
            kept.TryGetValue(definition.Name, out var link) && link.Definition.Equals(definition) ? link : null);
        _router.ServersChanged();
        var gone = before.Except(Links).ToImmutableArray();
        if (IsInitialized && (gone.Length > 0 || Links.Length != before.Length))
        {
            await TellListsChangedAsync();
        }

        await RetireAsync(gone);
    }

    /// <summary>Tells the client that every list may have changed.</summary>
    public async Task TellListsChangedAsync()
    {
        string[] changes = [MethodNames.ToolsChanged, MethodNames.PromptsChanged, MethodNames.ResourcesChanged];
        foreach (var change in changes)
        {
            await _channel.SendAsync(JsonRpcError.Call(default, change, default), OldestFirst());
        }
    }

    /// <summary>Tells the client that the list of tools has changed.</summary>
    public async Task TellToolsChangedAsync()
    {
        _router.ServersChanged();
        if (IsInitialized)
        {
            await _channel.SendAsync(JsonRpcError.Call(default, MethodNames.ToolsChanged, default), OldestFirst());
        }
    }

    public async ValueTask NotifiedAsync(string server, JsonRpcFrame notification)
    {
        if (notification.Is(MethodNames.Cancelled)
            && _asked.ByServerId(server, notification.Span(notification.Members.RequestId)) is > 0 and var id)
        {
            _asked.Forget(id);
            var edit = new Edit(notification.Members.RequestId, PendingRequest.Digits(id));
            await _channel.SendAsync(new Splice(notification.Utf8, edit), OldestFirst());
            return;
        }

        _router.ServerNotified(notification);
        if (!await _channel.SendAsync(notification, OldestFirst()))
        {
            LogNoWay(Id, server, notification.Method);
        }
    }

    public async ValueTask AskedAsync(ServerConnection connection, JsonRpcFrame request, IRequester? related)
    {
        if (_asked.Note(connection, request) is not { } noted)
        {
            var refusal = JsonRpcError.Answer("0"u8, JsonRpcError.InternalError, "The client has too many requests to answer.");
            await connection.AnswerAsync(JsonRpcFrame.Parse(refusal), request.Memory(request.Id));
        }
        else if (!await SendRequestAsync(noted.Request, related))
        {
            await _asked.FailAsync(noted.Id, "There is no way to ask the client now.");
        }
    }

    public async Task<JsonRpcFrame?> AskClientAsync(
        string method, ReadOnlyMemory<byte> paramsUtf8, IRequester? related, CancellationToken cancellationToken)
    {
        var (id, answer) = _asked.NoteOwn();
        try
        {
            return id != 0 && await SendRequestAsync(JsonRpcError.Call(PendingRequest.Digits(id), method, paramsUtf8), related)
                ? await answer.WaitAsync(cancellationToken)
                : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _asked.Forget(id);
        }
    }

    /// <summary>Takes note of a request that failed in the proxy itself.</summary>
    public void Failed(Exception error, string method) => LogFailed(error, Id, method);

    public async ValueTask DisposeAsync()
    {
        foreach (var exchange in _exchanges.Values)
        {
            exchange.Cancel();
        }

        foreach (var id in _asked.Open)
        {
            await FailQuietlyAsync(id);
        }

        await CloseLinksAsync(Links);
        await _router.DisposeAsync();
        _context.SharedLinks.Leave(this);
    }

    private async ValueTask TellAskerAsync(ServerConnection asker, JsonRpcFrame progress, Edit token)
    {
        try
        {
            await asker.NotifyAsync(progress, token);
        }
        catch (IOException error)
        {
            LogAnswerLost(Id, error.Message);
        }
    }

    private async ValueTask<bool> SendRequestAsync(Splice request, IRequester? related) =>
        (related is not null && await related.SendRelatedAsync(request))
        || await _channel.SendAsync(request, OldestFirst());

    private void CancelExchange(string key)
    {
        // The handshake can't be cancelled: there would be nothing left to talk to.
        var cancelled = _exchanges.Values
            .Where(exchange => exchange.Request.IdKey == key && !exchange.Request.Is(MethodNames.Initialize))
            .MaxBy(static exchange => exchange.Sequence);
        if (cancelled is not null && _exchanges.TryRemove(cancelled.Sequence, out _))
        {
            cancelled.Cancel();
        }
    }

    private ImmutableArray<ServerLink> MakeLinks(
        ProxyConfiguration configuration, Func<ServerDefinition, ServerLink?>? existing = null) =>
        [.. _selection.From(configuration).Select(definition => existing?.Invoke(definition) ?? MakeLink(definition))];

    private ServerLink MakeLink(ServerDefinition definition) =>
        definition.Options.Scope == ServerScope.Shared
            ? _context.SharedLinks.Join(definition, isModern: InitializeRequest is null, this)
            : new ServerLink(
                definition, _context.Starter, this, _context.Loggers.CreateLogger($"CoAgent.Server.{definition.Name}"));

    private static async Task RetireAsync(ImmutableArray<ServerLink> links)
    {
        foreach (var link in links)
        {
            await link.IdleAsync(RetireGrace);
        }

        await CloseLinksAsync(links);
    }

    private static async Task CloseLinksAsync(ImmutableArray<ServerLink> links)
    {
        foreach (var link in links.Where(static link => link.Definition.Options.Scope == ServerScope.Session))
        {
            await link.DisposeAsync();
        }
    }

    private async Task FailQuietlyAsync(long id)
    {
        try
        {
            await _asked.FailAsync(id, "The client is gone.");
        }
        catch (IOException error)
        {
            LogAnswerLost(Id, error.Message);
        }
    }

    private ClientExchange[] OldestFirst() =>
        _exchanges.IsEmpty ? [] : [.. _exchanges.Values.OrderBy(static exchange => exchange.Sequence)];

    [LoggerMessage(301, LogLevel.Debug, "Session {Session} answered request {RequestId}, which nobody put to it")]
    private partial void LogStrayAnswer(string session, string requestId);

    [LoggerMessage(302, LogLevel.Debug, "An answer of session {Session} did not reach its server: {Reason}")]
    private partial void LogAnswerLost(string session, string reason);

    [LoggerMessage(303, LogLevel.Debug, "Session {Session} has no way to hear {Method} of server {Server}")]
    private partial void LogNoWay(string session, string server, string method);

    [LoggerMessage(304, LogLevel.Error, "Session {Session}: {Method} failed in the proxy")]
    private partial void LogFailed(Exception error, string session, string method);
}

using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Wire;
using Microsoft.Extensions.Logging;
using Polly;

namespace CoAgent.Proxy.Downstream;

/// <summary>On whose behalf a server is reached: tells how to open it and takes what it says of its own accord.</summary>
internal interface ILinkOwner
{
    /// <summary>The handshake of a legacy client, as it sent it; null in the modern era, which has none.</summary>
    JsonRpcFrame? InitializeRequest { get; }

    /// <summary>True once the client has sent <c>notifications/initialized</c>.</summary>
    bool IsInitialized { get; }

    /// <summary>The server said something that belongs to no request.</summary>
    ValueTask NotifiedAsync(string server, JsonRpcFrame notification);

    ValueTask AskedAsync(ServerConnection connection, JsonRpcFrame request, IRequester? related);

    /// <summary>Asks the client something and waits; null when it can't be asked.</summary>
    Task<JsonRpcFrame?> AskClientAsync(
        string method, ReadOnlyMemory<byte> paramsUtf8, IRequester? related, CancellationToken cancellationToken);
}

/// <summary>What opening a server came to.</summary>
internal abstract record Opening
{
    private Opening()
    {
    }

    /// <summary>The server takes requests.</summary>
    /// <param name="Connection">How to reach it.</param>
    /// <param name="InitializeAnswer">What it answered to the handshake; null in the modern era.</param>
    /// <param name="Bridge">What translates for a legacy client before a modern server; null where both speak alike.</param>
    public sealed record Ready(ServerConnection Connection, JsonRpcFrame? InitializeAnswer, EraBridge? Bridge) : Opening;

    /// <summary>The server answered the handshake with an error of its own.</summary>
    public sealed record Refused(JsonRpcFrame Answer) : Opening;

    /// <summary>The server could not be started or reached.</summary>
    public sealed record Failed(ServerFault Fault) : Opening;
}

/// <summary>One owner's way to one server: opened when first needed, and opened again when the server has died.</summary>
internal sealed partial class ServerLink : IServerPeer, IAsyncDisposable
{
    private static readonly TimeSpan IdlePollPeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetireGrace = TimeSpan.FromSeconds(30);

    private readonly ServerStarter _starter;
    private readonly ILinkOwner _owner;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ResiliencePipeline<Opening> _retry;
    private readonly StandingRequests _standing = new();
    private Task<Opening>? _opening;
    private readonly CancellationTokenSource _closing = new();
    private Task _retiring = Task.CompletedTask;
    private volatile bool _isClosed;
    private volatile string? _ownName;

    public ServerLink(ServerDefinition definition, ServerStarter starter, ILinkOwner owner, ILogger logger)
    {
        Definition = definition;
        _starter = starter;
        _owner = owner;
        _logger = logger;
        _retry = starter.RetryOpening;
        Definitions = new ToolDefinitions(this);
    }

    public ServerDefinition Definition { get; }

    public string Name => Definition.Name;

    /// <summary>Whether clients get to see a tool of this server, by the server's own name for it.</summary>
    public bool Offers(string tool) => Definition.Options.Offers(tool);

    /// <summary>True when the configuration changes nothing about the server's names.</summary>
    public bool IsPlain =>
        string.IsNullOrEmpty(Definition.Options.Prefix) && Definition.Options.Deny.IsEmpty && Definition.Options.Allow is ["*"];

    /// <summary>Whether it is reached on behalf of somebody who speaks the modern era.</summary>
    public bool IsModern => _owner.InitializeRequest is null;

    /// <summary>The name that the server gives itself; null when it gives none, or cannot be asked.</summary>
    public async ValueTask<string?> OwnNameAsync()
    {
        if (_ownName is null && await OpenAsync() is Opening.Ready ready)
        {
            _ownName = ServerName.Of(ready.InitializeAnswer ?? await ServerName.AskAsync(ready.Connection));
        }

        return _ownName;
    }

    /// <summary>Takes note of an answer to <c>server/discover</c> that passes by: it tells the server's own name.</summary>
    public void NoteDiscovery(JsonRpcFrame answer) => _ownName ??= ServerName.Of(answer);

    /// <summary>Whether its client is of the legacy era and the server of the modern one: the client cannot answer by a retry.</summary>
    public bool StandsBehindBridge => Current is { Bridge: not null };

    /// <summary>Puts what a modern server asks for to its legacy client.</summary>
    public Task<InputRequests> AskClientAsync(JsonRpcFrame inputRequired, RelayRequest request) =>
        InputRequests.PutToClientAsync(_owner, inputRequired, request);

    /// <summary>What the server's last tool list said of its tools.</summary>
    public ToolFacts Tools { get; } = new();

    /// <summary>How the server defines its tools; asks it where no list has passed by.</summary>
    public ToolDefinitions Definitions { get; }

    /// <summary>The open connection; null while there is none.</summary>
    public Opening.Ready? Current =>
        _opening is { IsCompletedSuccessfully: true, Result: Opening.Ready { Connection.EndReason: null } ready } ? ready : null;

    /// <summary>Why there is no connection, when one was tried; null while all is well.</summary>
    public string? Trouble => _opening switch
    {
        { IsCompletedSuccessfully: true, Result: Opening.Failed failed } => failed.Fault.Message,
        { IsCompletedSuccessfully: true, Result: Opening.Refused } => $"The server '{Name}' refused the handshake.",
        { IsCompletedSuccessfully: true, Result: Opening.Ready { Connection.EndReason: { } reason } } => reason,
        _ => null,
    };

    /// <summary>Opens the server, or tells what the opening that is under way comes to.</summary>
    public Task<Opening> OpenAsync()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return Task.FromResult<Opening>(new Opening.Failed(new ServerFault(
                    FaultStage.Starting, $"The server '{Name}' is no longer in the configuration.")));
            }

            if (_opening is null || (_opening.IsCompleted && Current is null))
            {
                _opening = OpenRetryingAsync();
            }

            return _opening;
        }
    }

    /// <summary>The client begins the legacy era with a server that it has tried in the modern one: the handshake is made up for.</summary>
    public void BeginLegacy()
    {
        lock (_lock)
        {
            _opening = _opening is { } tried ? ShakeHandsAsync(tried) : null;
        }
    }

    /// <summary>Sends a request, opening the server first where needed.</summary>
    public Task<Reply> RequestAsync(RelayRequest request) =>
        Definition is ServerDefinition.Stdio && Current is { Bridge: null } ready
            ? ready.Connection.RequestAsync(request) // the common case, which is spared the rest
            : RequestOrReopenAsync(request);

    private async Task<Reply> RequestOrReopenAsync(RelayRequest request)
    {
        var (reply, way) = await TryRequestAsync(request);
        if (reply is Reply.Faulted { Fault.SessionLost: true })
        {
            Retire(way!);
            (reply, _) = await TryRequestAsync(request);
        }

        return reply;
    }

    /// <summary>Passes a notification on; one to a server that is not open has nobody to reach and is dropped.</summary>
    public async ValueTask NotifyAsync(JsonRpcFrame notification, params Edit[] edits)
    {
        if (Current is not { } ready)
        {
            return;
        }

        try
        {
            await (ready.Bridge?.NotifyAsync(notification) ?? ready.Connection.NotifyAsync(notification, edits));
        }
        catch (IOException error)
        {
            LogNotTold(Name, notification.Method, error.Message);
        }
    }

    /// <summary>
    /// Remembers a request that sets something up for the life of the connection (a log level, a subscription), so that
    /// it holds again after the server was restarted. Any other request is none to remember.
    /// </summary>
    public void RememberStanding(JsonRpcFrame request)
    {
        lock (_standing)
        {
            _standing.Note(request);
        }
    }

    /// <summary>Waits until no request is open, at most for a while.</summary>
    public Task IdleAsync(TimeSpan grace) => Current is { } ready ? IdleAsync(ready, grace) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        // A server that is being opened may take its time: nobody waits for it any more.
        await _closing.CancelAsync();
        await ForgetConnectionAsync();
        await _retiring;
        _closing.Dispose();
    }

    ValueTask IServerPeer.NotifiedAsync(ServerConnection connection, JsonRpcFrame notification) =>
        _owner.NotifiedAsync(Name, notification);

    ValueTask IServerPeer.AskedAsync(ServerConnection connection, JsonRpcFrame request, IRequester? related) =>
        _owner.AskedAsync(connection, request, related);

    void IServerPeer.ToolsChanged() => Tools.Expire();

    void IServerPeer.Ended(ServerConnection connection, string reason) => LogEnded(Name, reason);

    private async Task<(Reply Reply, Opening.Ready? Way)> TryRequestAsync(RelayRequest request)
    {
        try
        {
            return (Current ?? await OpenAsync().WaitAsync(request.CancellationToken)) switch
            {
                Opening.Ready { Bridge: { } bridge } ready => (await bridge.RequestAsync(request), ready),
                Opening.Ready ready => (await ready.Connection.RequestAsync(request), ready),
                Opening.Refused refused => (new Reply.Answered(refused.Answer), null),
                Opening.Failed failed => (new Reply.Faulted(failed.Fault), null),
                _ => throw new InvalidOperationException("An opening is ready, refused or failed."),
            };
        }
        catch (OperationCanceledException) when (request.CancellationToken.IsCancellationRequested)
        {
            return (new Reply.Faulted(new ServerFault(FaultStage.Starting, "The request was cancelled.")), null);
        }
    }

    private async Task<Opening> OpenRetryingAsync()
    {
        try
        {
            return await _retry.ExecuteAsync(async cancellationToken => await TryOpenAsync(cancellationToken), _closing.Token);
        }
        catch (OperationCanceledException) when (_isClosed)
        {
            return new Opening.Failed(new ServerFault(FaultStage.Starting, $"The server '{Name}' was closed while it was opened."));
        }
    }

    // Many requests find out together that their session is lost. The first takes it out of use, and closes it only when
    // the others have found out as well; the session that follows is for all of them.
    private void Retire(Opening.Ready lost)
    {
        lock (_lock)
        {
            if (_opening is { IsCompletedSuccessfully: true, Result: Opening.Ready current } && current == lost)
            {
                _opening = null;
                _retiring = RetireAsync(lost, _retiring);
            }
        }
    }

    private async Task RetireAsync(Opening.Ready lost, Task before)
    {
        await IdleAsync(lost, RetireGrace);
        await CloseAsync(lost);
        await before;
    }

    private async Task IdleAsync(Opening.Ready ready, TimeSpan grace)
    {
        var since = _starter.Time.GetTimestamp();
        while (!_isClosed && ready.Connection.PendingCount > 0 && _starter.Time.GetElapsedTime(since) < grace)
        {
            await Task.Delay(IdlePollPeriod, _starter.Time, CancellationToken.None);
        }
    }

    private static async Task CloseAsync(Opening.Ready ready)
    {
        await (ready.Bridge?.DisposeAsync() ?? ValueTask.CompletedTask);
        await ready.Connection.DisposeAsync();
    }

    // The stage boundary of opening: a fault here is the opening's result, never an exception for who happens to wait.
    private async ValueTask<Opening> TryOpenAsync(CancellationToken cancellationToken)
    {
        Opening opening;
        try
        {
            opening = await Handshake.OpenAsync(Definition, _starter, _owner, peer: this, cancellationToken);
        }
        catch (Exception error)
        {
            LogOpeningFailed(error, Name);
            opening = new Opening.Failed(new ServerFault(
                FaultStage.Starting, $"The server '{Name}' could not be opened; the daemon's log says why.") { IsLasting = true });
        }

        if (opening is Opening.Ready ready)
        {
            Tools.Expire(); // it may have been another version's
            await RestoreAsync(ready);
            LogOpened(Name, ready.Bridge is null ? "as its client speaks" : "through a bridge from the legacy era");
        }
        else if (opening is Opening.Failed failed)
        {
            LogNotOpened(Name, failed.Fault.Message);
        }

        return opening;
    }

    // A server that settled for the modern era when it was tried no longer takes a handshake: it is started anew.
    private async Task<Opening> ShakeHandsAsync(Task<Opening> tried)
    {
        if (await tried is not Opening.Ready { Connection: { EndReason: null } connection })
        {
            return await TryOpenAsync(_closing.Token);
        }

        var opening = await Handshake.InitializeAsync(connection, _owner, _closing.Token);
        if (opening is Opening.Ready { Bridge: null })
        {
            return opening;
        }

        await connection.DisposeAsync();
        return await TryOpenAsync(_closing.Token);
    }

    private async Task RestoreAsync(Opening.Ready ready)
    {
        JsonRpcFrame[] standing;
        lock (_standing)
        {
            standing = _standing.All;
        }

        foreach (var request in standing)
        {
            var relay = new RelayRequest(request, Requester: null, Handshake.StartTimeout);
            var reply = await (ready.Bridge?.RequestAsync(relay) ?? ready.Connection.RequestAsync(relay));
            if (reply is not Reply.Answered { Frame.Kind: FrameKind.Result })
            {
                LogNotTold(Name, request.Method, "it did not accept it after its restart");
            }
        }
    }

    private async Task ForgetConnectionAsync()
    {
        Task<Opening>? opening;
        lock (_lock)
        {
            (opening, _opening) = (_opening, null);
        }

        if (opening is not null && await opening is Opening.Ready ready)
        {
            await CloseAsync(ready);
        }
    }

    [LoggerMessage(231, LogLevel.Information, "Server {Server} is open, {How}")]
    private partial void LogOpened(string server, string how);

    [LoggerMessage(232, LogLevel.Warning, "Server {Server} could not be opened: {Reason}")]
    private partial void LogNotOpened(string server, string reason);

    [LoggerMessage(233, LogLevel.Information, "The connection to server {Server} ended: {Reason}")]
    private partial void LogEnded(string server, string reason);

    [LoggerMessage(235, LogLevel.Error, "Opening server {Server} failed in the proxy")]
    private partial void LogOpeningFailed(Exception error, string server);

    [LoggerMessage(234, LogLevel.Warning, "Server {Server} could not be told {Method}: {Reason}")]
    private partial void LogNotTold(string server, string method, string reason);
}

using System.Buffers.Text;
using System.Collections.Concurrent;
using CoAgent.Proxy.Wire;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Downstream;

/// <summary>Takes what a server sends of its own accord.</summary>
internal interface IServerPeer
{
    /// <summary>A notification that belongs to no request that is known.</summary>
    ValueTask NotifiedAsync(ServerConnection connection, JsonRpcFrame notification);

    /// <summary>A request from the server: the answer goes to <see cref="ServerConnection.AnswerAsync"/> under the same id.</summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="request">The request, with the server's id.</param>
    /// <param name="related">The request on whose stream it came, where that is known.</param>
    ValueTask AskedAsync(ServerConnection connection, JsonRpcFrame request, IRequester? related);

    /// <summary>The server says that its list of tools has changed, to whomever.</summary>
    void ToolsChanged();

    /// <summary>The connection has ended; requests on it have been told.</summary>
    void Ended(ServerConnection connection, string reason);
}

/// <summary>
/// One connection to one server, shared by requests that may carry any id: gives each its own number and brings each
/// answer, progress and cancellation back to whom it belongs.
/// </summary>
internal sealed partial class ServerConnection : IServerTransportEvents, IAsyncDisposable
{
    private const int TaskTokensMax = 1024;
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(250);

    private readonly IServerTransport _transport;
    private readonly IServerPeer _peer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<long, PendingRequest> _pending = new();
    private readonly ConcurrentDictionary<long, PendingRequest> _tasks = new();
    private readonly ConcurrentQueue<long> _taskOrder = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _sweep;
    private long _lastId;
    private volatile string? _endReason;

    public ServerConnection(string server, IServerTransport transport, IServerPeer peer, TimeProvider time, ILogger logger)
    {
        Server = server;
        _transport = transport;
        _peer = peer;
        _time = time;
        _logger = logger;
        _sweep = time.CreateTimer(_ => FailOverdue(), state: null, SweepPeriod, SweepPeriod);
        transport.Start(this);
    }

    /// <summary>The server's name in the configuration.</summary>
    public string Server { get; }

    /// <summary>The clock that its time limits are measured by.</summary>
    public TimeProvider Time => _time;

    /// <summary>Why the connection ended; null while it lives.</summary>
    public string? EndReason => _endReason;

    /// <summary>How many requests wait for an answer.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>The handshake has settled which version is spoken.</summary>
    public void UseVersion(string protocolVersion) => _transport.UseVersion(protocolVersion);

    /// <summary>Sends a request and waits for what becomes of it.</summary>
    public async Task<Reply> RequestAsync(RelayRequest request)
    {
        using var pending = new PendingRequest(Interlocked.Increment(ref _lastId), request, _time);
        _pending[pending.Id] = pending;
        if (_endReason is { } reason)
        {
            RequestFailed(pending.Id, new ServerFault(FaultStage.Sending, reason));
            return await pending.Reply;
        }

        if (request.CancellationToken.IsCancellationRequested)
        {
            RequestFailed(pending.Id, new ServerFault(FaultStage.Sending, "The request was cancelled before it was sent."));
            return await pending.Reply;
        }

        // Not awaited: a server that does not read holds up what is written to it, but neither a time limit nor a
        // cancellation. Those count from here, so that word of a cancellation never goes before the request.
        _ = HandOverAsync(pending);
        await using var cancel = request.CancellationToken.UnsafeRegister(_ => Cancel(pending), state: null);
        return await pending.Reply;
    }

    // The stage boundary of sending: however it fails, the request is told.
    private async Task HandOverAsync(PendingRequest pending)
    {
        try
        {
            var message = new ServerMessage(pending.ForServer(), pending.Request.Frame, pending.Id) { Request = pending.Request };
            await _transport.SendAsync(message, pending.Over);
        }
        catch (OperationCanceledException)
        {
            RequestFailed(pending.Id, new ServerFault(FaultStage.Sending, $"The request was not sent to the server '{Server}'."));
        }
        catch (IOException error) when (_pending.TryRemove(pending.Id, out _))
        {
            var words = await EndReasonAsync() ?? $"The request did not reach the server '{Server}': {error.Message}";
            pending.Complete(new Reply.Faulted(new ServerFault(FaultStage.Sending, words)));
        }
        catch (Exception error) when (error is not IOException)
        {
            RequestFailed(pending.Id, new ServerFault(FaultStage.Sending, $"The request did not reach the server '{Server}': {error.Message}"));
            LogNotTold(Server, pending.Request.Frame.Method, error.Message);
        }
        catch (IOException)
        {
            // The request was told by whoever took it out: the end of the connection, its cancellation or its time limit.
        }
    }

    // A server that takes nothing more has mostly died, and how it died says more than that it takes nothing.
    private async Task<string?> EndReasonAsync()
    {
        try
        {
            return await _ended.Task.WaitAsync(EndPatience, _time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Sends a notification.</summary>
    /// <exception cref="IOException">It could not be handed over.</exception>
    public ValueTask NotifyAsync(JsonRpcFrame notification, params Edit[] edits) =>
        _transport.SendAsync(
            new ServerMessage(new Splice(notification.Utf8, edits), notification, RequestId: 0), CancellationToken.None);

    /// <summary>Sends the answer to a request that the server made.</summary>
    /// <exception cref="IOException">It could not be handed over.</exception>
    public ValueTask AnswerAsync(JsonRpcFrame answer, ReadOnlyMemory<byte> serverId) =>
        _transport.SendAsync(
            new ServerMessage(new Splice(answer.Utf8, new Edit(answer.Id, serverId)), answer, RequestId: 0),
            CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        await _transport.DisposeAsync();
        Ended($"The connection to the server '{Server}' was closed.");
    }

    ValueTask IServerTransportEvents.ReceivedAsync(JsonRpcFrame frame, long relatedRequestId)
    {
        if (frame.IsAnswer)
        {
            Answered(frame, relatedRequestId);
            return ValueTask.CompletedTask;
        }

        var related = Find(relatedRequestId)?.Request.Requester;
        return frame.Kind == FrameKind.Request
            ? _peer.AskedAsync(this, frame, related)
            : NotifiedAsync(frame, relatedRequestId);
    }

    public void RequestFailed(long requestId, ServerFault fault)
    {
        if (_pending.TryRemove(requestId, out var pending))
        {
            pending.Complete(new Reply.Faulted(fault));
        }
    }

    public void Ended(string reason)
    {
        if (Interlocked.CompareExchange(ref _endReason, reason, comparand: null) is not null)
        {
            return;
        }

        _ended.TrySetResult(reason);

        _sweep.Dispose();
        foreach (var pending in _pending.Values)
        {
            RequestFailed(pending.Id, new ServerFault(FaultStage.Waiting, reason));
        }

        _peer.Ended(this, reason);
    }

    private void Answered(JsonRpcFrame answer, long relatedRequestId)
    {
        var id = NumberOf(answer, answer.Id);
        if (id == 0 && answer.Kind == FrameKind.Error)
        {
            // A server that could not read the id answers with null; on a stream of its own we still know whose it is.
            id = relatedRequestId;
        }

        if (!_pending.TryRemove(id, out var pending))
        {
            LogStrayAnswer(Server, answer.IdKey);
            return;
        }

        if (answer.Members.Task.Exists)
        {
            RememberTask(pending);
        }

        pending.Complete(new Reply.Answered(answer));
    }

    // Progress goes on while a task runs, and nothing tells the relay when it ends: the oldest are forgotten.
    private void RememberTask(PendingRequest pending)
    {
        _tasks[pending.Id] = pending;
        _taskOrder.Enqueue(pending.Id);
        while (_taskOrder.Count > TaskTokensMax && _taskOrder.TryDequeue(out var oldest))
        {
            _tasks.TryRemove(oldest, out _);
        }
    }

    private async ValueTask NotifiedAsync(JsonRpcFrame notification, long relatedRequestId)
    {
        var (pending, edit) = Owner(notification);
        pending ??= Find(relatedRequestId);
        pending?.SawSign();
        if (notification.Is(MethodNames.ToolsChanged))
        {
            _peer.ToolsChanged();
        }

        var message = edit is { } change ? new Splice(notification.Utf8, change) : (Splice)notification;
        if (pending?.Request.Requester is not { } requester || !await requester.SendRelatedAsync(message))
        {
            await _peer.NotifiedAsync(this, edit is null ? notification : JsonRpcFrame.Parse(message.ToMemory()));
        }
    }

    // Which request a notification names, and the edit that names it in its client's own words.
    private (PendingRequest? Pending, Edit? Edit) Owner(JsonRpcFrame notification)
    {
        if (notification.Is(MethodNames.Progress))
        {
            var token = notification.Members.ProgressToken;
            return Find(NumberOf(notification, token)) is { } pending
                ? (pending, new Edit(token, pending.ProgressToken))
                : (null, null);
        }

        if (notification.Is(MethodNames.Cancelled))
        {
            // A server withdraws requests of its own, which have numbers of their own, and ends a subscription: of what was
            // asked of it, it can name nothing else.
            var named = notification.Members.RequestId;
            return Find(NumberOf(notification, named)) is { Request: { Requester: { } requester, Frame.Method: MethodNames.Listen } } pending
                ? (pending, new Edit(named, requester.IdUtf8))
                : (null, null);
        }

        var subscription = MetaMembers.Of(notification).SubscriptionId;
        return subscription.Exists && Find(NumberOf(notification, subscription)) is { Request.Requester: { } listener } open
            ? (open, new Edit(subscription, listener.IdUtf8))
            : (null, null);
    }

    private PendingRequest? Find(long id) =>
        id != 0 && (_pending.TryGetValue(id, out var pending) || _tasks.TryGetValue(id, out pending)) ? pending : null;

    private static long NumberOf(JsonRpcFrame frame, Slice slice)
    {
        var digits = frame.Span(slice).Trim((byte)'"'); // there are servers that answer a number with its text
        return Utf8Parser.TryParse(digits, out long number, out var consumed) && consumed == digits.Length ? number : 0;
    }

    private void Cancel(PendingRequest pending)
    {
        if (_pending.TryRemove(pending.Id, out _))
        {
            pending.Complete(new Reply.Faulted(new ServerFault(FaultStage.Cancelled, "The request was cancelled.")));
            TellCancelled(pending, "The client cancelled the request.");
        }
    }

    private void FailOverdue()
    {
        foreach (var pending in _pending.Values)
        {
            if (pending.IsOverdue && _pending.TryRemove(pending.Id, out _))
            {
                var message =
                    $"The server '{Server}' did not answer within {pending.Request.Timeout}. Whether the request took effect is "
                    + "unknown: look before you repeat it. A longer limit can be set as "
                    + $"\"coagent\".\"servers\".\"{Server}\".\"timeout\".";
                pending.Complete(new Reply.Faulted(new ServerFault(FaultStage.Waiting, message) { IsLasting = true }));
                TellCancelled(pending, "The time limit of the request has passed.");
            }
        }
    }

    private void TellCancelled(PendingRequest pending, string reason)
    {
        _transport.Forget(pending.Id);
        byte[] parameters =
        [
            .. "{\"requestId\":"u8, .. PendingRequest.Digits(pending.Id), .. ",\"reason\":"u8, .. ObjectEdit.Text(reason), (byte)'}',
        ];
        var frame = JsonRpcFrame.Parse(JsonRpcError.Call(default, MethodNames.Cancelled, parameters));
        _ = TellAsync(frame);
    }

    private async Task TellAsync(JsonRpcFrame frame)
    {
        try
        {
            await NotifyAsync(frame);
        }
        catch (IOException error)
        {
            LogNotTold(Server, frame.Method, error.Message);
        }
    }

    [LoggerMessage(211, LogLevel.Warning, "Server {Server} answered request {Id}, which nobody waits for; dropped")]
    private partial void LogStrayAnswer(string server, string id);

    [LoggerMessage(212, LogLevel.Debug, "Server {Server} could not be sent {Method}: {Reason}")]
    private partial void LogNotTold(string server, string method, string reason);
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Wire;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Downstream;

/// <summary>Messages to and from a server over Streamable HTTP, in either era.</summary>
/// <remarks>
/// Every message is a POST of its own. What comes back on a POST's stream belongs to its request, so relation is exact.
/// A legacy session also has a GET stream for what belongs to no request.
/// </remarks>
internal sealed partial class HttpTransport(
    ServerDefinition.Http server, HttpClient client, Limits limits, TimeProvider time, ILogger logger) : IServerTransport
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NotifyPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _posts = new();
    private IServerTransportEvents _events = null!;
    private volatile string? _sessionId;
    private volatile string? _version;

    public void Start(IServerTransportEvents events) => _events = events;

    public void UseVersion(string protocolVersion) => _version = protocolVersion;

    public void Forget(long requestId)
    {
        if (_posts.TryRemove(requestId, out var post))
        {
            post.Cancel();
            post.Dispose();
        }
    }

    public async ValueTask SendAsync(ServerMessage message, CancellationToken cancellationToken)
    {
        if (message.RequestId != 0)
        {
            _ = RequestAsync(message);
            return;
        }

        using var response = await PostPatientlyAsync(message);
        if (!response.IsSuccessStatusCode)
        {
            throw new IOException($"The server answered {(int)response.StatusCode}.");
        }

        if (message.Source.Is(MethodNames.Initialized))
        {
            _ = ListenAsync();
        }
    }

    // Whoever notifies goes on with its next message after this one: a server that does not take it must not hold that up.
    private async Task<HttpResponseMessage> PostPatientlyAsync(ServerMessage message)
    {
        using var patience = new CancellationTokenSource(NotifyPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _closing.Token);
        try
        {
            return await PostAsync(message, either.Token);
        }
        catch (OperationCanceledException error) when (patience.IsCancellationRequested)
        {
            throw new IOException($"The server did not take a message within {NotifyPatience}.", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        if (_sessionId is { } session)
        {
            await DeleteSessionAsync(session);
        }

        await _closing.CancelAsync();
    }

    // The stage boundary of one request: however its POST ends, the request is told.
    private async Task RequestAsync(ServerMessage message)
    {
        var post = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        var cancelled = post.Token;
        _posts[message.RequestId] = post;
        try
        {
            using var response = await PostAsync(message, cancelled);
            await ReceiveAnswerAsync(message, response, cancelled);
        }
        catch (MessageTooLongException error)
        {
            Fail(message, FaultStage.Answering, $"{error.Message} Ask for less, or raise \"messageBytesMax\" in the configuration.");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            var refused = error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
            Fail(message, refused ? FaultStage.Sending : FaultStage.Waiting, refused
                ? $"The server '{server.Name}' could not be reached. Check that it runs and that its url is right."
                : $"The connection to the server '{server.Name}' broke before its answer was complete.");
            LogRequestFailed(server.Name, error.Message);
        }
        catch (Exception error)
        {
            Fail(message, FaultStage.Waiting, $"The answer of the server '{server.Name}' could not be taken; the daemon's log says why.");
            LogReceivingFailed(error, server.Name);
        }
        finally
        {
            // Whoever takes it out disposes it: a cancellation must not meet one that is disposed.
            if (_posts.TryRemove(message.RequestId, out var open))
            {
                open.Dispose();
            }
        }
    }

    private async Task<HttpResponseMessage> PostAsync(ServerMessage message, CancellationToken cancellationToken)
    {
        using var request = NewRequest(HttpMethod.Post);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Content = new ReadOnlyMemoryContent(message.Message.ToMemory());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        MirrorHeaders.Add(request, message, _version);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private HttpRequestMessage NewRequest(HttpMethod method)
    {
        var request = new HttpRequestMessage(method, server.Url);
        foreach (var (name, value) in server.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (_sessionId is { } session)
        {
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", session);
        }

        return request;
    }

    private async Task ReceiveAnswerAsync(ServerMessage message, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound && _sessionId is not null)
        {
            _events.RequestFailed(message.RequestId, new ServerFault(
                FaultStage.Sending, $"The server '{server.Name}' has ended the session.") { SessionLost = true });
            return;
        }

        if (response.Headers.TryGetValues("Mcp-Session-Id", out var sessions))
        {
            _sessionId = sessions.First();
        }

        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            var stream = new EventStream(server, limits, message.RequestId);
            await stream.ReadAsync(response, _events, cancellationToken);
            await ResumeAsync(stream, cancellationToken);
            Fail(message, FaultStage.Waiting, $"The server '{server.Name}' ended its answer without a result.");
            return;
        }

        await ReceiveJsonAsync(message, response, cancellationToken);
    }

    private async Task ReceiveJsonAsync(ServerMessage message, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = await ReadBoundedAsync(response, cancellationToken);
        if (JsonRpcFrame.TryParse(bytes, limits.NestingLevelsMax, out var frame, out var fault) && frame.IsAnswer)
        {
            await _events.ReceivedAsync(frame, message.RequestId);
            Fail(message, FaultStage.Answering, $"The server '{server.Name}' answered another request than was sent.");
            return;
        }

        var status = (int)response.StatusCode;
        Fail(message, StageOf(status), status switch
        {
            401 or 403 => $"The server '{server.Name}' refused the proxy (HTTP {status}). Check its headers in the configuration.",
            >= 400 => $"The server '{server.Name}' answered HTTP {status}.",
            _ => $"The server '{server.Name}' sent no valid answer: {fault.Message}",
        });
    }

    // A refusal (4xx) says that nothing was done; a server that broke on the request (5xx) may have done it before.
    private static FaultStage StageOf(int status) => status switch
    {
        < 400 => FaultStage.Answering,
        < 500 => FaultStage.Sending,
        _ => FaultStage.Waiting,
    };

    private async Task<ReadOnlyMemory<byte>> ReadBoundedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = new BoundedStream(
            await response.Content.ReadAsStreamAsync(cancellationToken), limits.MessageBytesMax);
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, cancellationToken);
        var message = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        EventStream.JoinLines(message.Span);
        return message;
    }

    // A legacy server may close the stream of a long call and go on with it on another one.
    private async Task ResumeAsync(EventStream stream, CancellationToken cancellationToken)
    {
        while (stream is { Answered: false, LastEventId.Length: > 0 })
        {
            await Task.Delay(stream.ReconnectAfter ?? ReconnectDelay, time, cancellationToken);
            using var response = await OpenStreamAsync(stream.LastEventId, cancellationToken);
            if (response is null)
            {
                return;
            }

            await stream.ReadAsync(response, _events, cancellationToken);
        }
    }

    private async Task ListenAsync()
    {
        var stream = new EventStream(server, limits, requestId: 0);
        var delay = ReconnectDelay;
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                using var response = await OpenStreamAsync(stream.LastEventId, _closing.Token);
                if (response is null)
                {
                    return;
                }

                delay = ReconnectDelay;
                await stream.ReadAsync(response, _events, _closing.Token);
            }
            catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
            {
                LogStreamBroke(server.Name, error.Message);
            }

            await PauseAsync(stream.ReconnectAfter ?? delay);
            delay = delay * 2 < ReconnectDelayMax ? delay * 2 : ReconnectDelayMax;
        }
    }

    private async Task PauseAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, time, _closing.Token);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Closing ends the pause and with it the loop that pauses.
        }
    }

    private async Task<HttpResponseMessage?> OpenStreamAsync(string lastEventId, CancellationToken cancellationToken)
    {
        using var request = NewRequest(HttpMethod.Get);
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", _version);
        if (lastEventId.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            return response;
        }

        response.Dispose();
        return null;
    }

    private async Task DeleteSessionAsync(string session)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            using var request = NewRequest(HttpMethod.Delete);
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", _version);
            using var response = await client.SendAsync(request, patience.Token);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            LogNotDeleted(server.Name, session.Length, error.Message);
        }
    }

    private void Fail(ServerMessage message, FaultStage stage, string words) =>
        _events.RequestFailed(message.RequestId, new ServerFault(stage, words));

    [LoggerMessage(221, LogLevel.Information, "A request to server {Server} failed: {Reason}")]
    private partial void LogRequestFailed(string server, string reason);

    [LoggerMessage(222, LogLevel.Debug, "The stream of server {Server} broke: {Reason}")]
    private partial void LogStreamBroke(string server, string reason);

    [LoggerMessage(224, LogLevel.Error, "Receiving from server {Server} failed in the proxy")]
    private partial void LogReceivingFailed(Exception error, string server);

    [LoggerMessage(223, LogLevel.Debug, "Server {Server} was not told that its session (id of {Length} characters) ended: {Reason}")]
    private partial void LogNotDeleted(string server, int length, string reason);
}

using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>One request of an HTTP client and the response that it waits for.</summary>
/// <remarks>
/// The response is one JSON object when the answer is the first thing to say, and a stream of events as soon as something
/// comes before it, or when it takes so long that a silent connection might be given up.
/// </remarks>
internal sealed class HttpExchange : ClientExchange
{
    private readonly HttpContext _context;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly EventStreamWriter _events;
    private readonly TimeProvider _time;
    private readonly bool _isModern;
    private long _lastWrite;
    private bool _isAnswered;

    public HttpExchange(HttpContext context, JsonRpcFrame request, bool isModern, TimeProvider time)
        : base(request)
    {
        _context = context;
        _time = time;
        _isModern = isModern;
        _events = new EventStreamWriter(context.Response);
        _lastWrite = time.GetTimestamp();
        TakesEvents = AcceptHeader.TakesEvents(context.Request);
        ParameterHeaders = !isModern ? null :
        [
            .. context.Request.Headers
                .Where(static header => header.Key.StartsWith("Mcp-Param-", StringComparison.OrdinalIgnoreCase))
                .Select(static header => new KeyValuePair<string, string>(header.Key, header.Value.ToString())),
        ];
    }

    /// <summary>Whether the client can read a stream of events in answer to this request.</summary>
    public bool TakesEvents { get; }

    public override IReadOnlyList<KeyValuePair<string, string>>? ParameterHeaders { get; }

    public override async ValueTask SendRelatedAsync(Splice message)
    {
        if (!TakesEvents)
        {
            return; // the client has said that it reads one JSON object and nothing else
        }

        await TakeTurnAsync(async () =>
        {
            await StartEventsAsync();
            await _events.WriteAsync(message, _context.RequestAborted);
        });
    }

    /// <summary>Answers the request and ends the response.</summary>
    /// <param name="answer">The answer; null when the client has cancelled the request.</param>
    public Task CompleteAsync(Splice? answer) => TakeTurnAsync(async () =>
    {
        _isAnswered = true;
        if (answer is not { } message)
        {
            _context.Response.StatusCode = _events.HasStarted ? _context.Response.StatusCode : StatusCodes.Status202Accepted;
            return;
        }

        if (_events.HasStarted)
        {
            await _events.WriteAsync(message, _context.RequestAborted);
            return;
        }

        var response = _context.Response;
        response.StatusCode = StatusOf(ErrorCode);
        response.ContentType = "application/json";
        response.ContentLength = message.Length;
        message.WriteTo(response.BodyWriter);
        await response.BodyWriter.FlushAsync(_context.RequestAborted);
    }).AsTask();

    /// <summary>Gives a sign of life when nothing was written for a while.</summary>
    public async ValueTask KeepAliveAsync(TimeSpan quiet)
    {
        if (TakesEvents && _time.GetElapsedTime(_lastWrite) >= quiet)
        {
            await TakeTurnAsync(async () =>
            {
                await StartEventsAsync();
                await _events.KeepAliveAsync(_context.RequestAborted);
            });
        }
    }

    private async ValueTask StartEventsAsync()
    {
        if (!_events.HasStarted)
        {
            await _events.StartAsync(_context.RequestAborted);
        }
    }

    private async ValueTask TakeTurnAsync(Func<Task> write)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (!_isAnswered || !_context.RequestAborted.IsCancellationRequested)
            {
                await write();
                _lastWrite = _time.GetTimestamp();
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            // The client has gone: there is nobody to write to, and the abort has cancelled the request already.
            Cancel();
        }
        finally
        {
            _turn.Release();
        }
    }

    // The modern era tells some errors in the status line too, while there is still a status line to write.
    private int StatusOf(int? errorCode) => errorCode switch
    {
        JsonRpcError.MethodNotFound when _isModern => StatusCodes.Status404NotFound,
        JsonRpcError.HeaderMismatch or JsonRpcError.MissingClientCapability or JsonRpcError.UnsupportedProtocolVersion when _isModern =>
            StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status200OK,
    };
}

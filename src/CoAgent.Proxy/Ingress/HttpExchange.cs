using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>One request of an HTTP client and the response that it waits for.</summary>
/// <remarks>
/// The response is a stream of events, as most servers answer and clients know best. It is one JSON object when the client
/// takes no stream, or when the answer is an error that has a status of its own and nothing came before it.
/// </remarks>
internal sealed class HttpExchange : ClientExchange
{
    private readonly HttpContext _context;
    private readonly CancellationToken _aborted; // taken early: after the answer the context serves another request
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly EventStreamWriter _events;
    private readonly TimeProvider _time;
    private readonly bool _isModern;
    private readonly Func<Splice, ValueTask> _late;
    private long _lastWrite;
    private bool _isAnswered;

    /// <param name="context">The HTTP request and its response.</param>
    /// <param name="request">The message in it.</param>
    /// <param name="isModern">Whether it is of the modern era.</param>
    /// <param name="late">Where a message goes that belongs to the request and comes after its answer.</param>
    /// <param name="time">For signs of life.</param>
    public HttpExchange(
        HttpContext context, JsonRpcFrame request, bool isModern, Func<Splice, ValueTask> late, TimeProvider time)
        : base(request)
    {
        _context = context;
        _aborted = context.RequestAborted;
        _time = time;
        _isModern = isModern;
        _late = late;
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

        var isLate = false;
        await TakeTurnAsync(async () =>
        {
            isLate = _isAnswered;
            if (!isLate)
            {
                await StartEventsAsync();
                await _events.WriteAsync(message, _aborted);
            }
        });
        if (isLate)
        {
            await _late(message); // the progress of a task, which goes on after its answer
        }
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

        var response = _context.Response;
        var status = StatusOf(ErrorCode);
        if (_events.HasStarted || (TakesEvents && status == StatusCodes.Status200OK))
        {
            PrepareEvents();
            await _events.WriteAsync(message, _aborted);
            return;
        }

        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = message.Length;
        message.WriteTo(response.BodyWriter);
        await response.BodyWriter.FlushAsync(_aborted);
    }).AsTask();

    /// <summary>Gives a sign of life when nothing was written for a while.</summary>
    public async ValueTask KeepAliveAsync(TimeSpan quiet)
    {
        if (TakesEvents && _time.GetElapsedTime(_lastWrite) >= quiet)
        {
            await TakeTurnAsync(async () =>
            {
                if (!_isAnswered)
                {
                    await StartEventsAsync();
                    await _events.KeepAliveAsync(_aborted);
                }
            });
        }
    }

    private void PrepareEvents()
    {
        if (!_events.HasStarted)
        {
            _events.Prepare();
        }
    }

    private async ValueTask StartEventsAsync()
    {
        if (!_events.HasStarted)
        {
            await _events.StartAsync(_aborted);
        }
    }

    private async ValueTask TakeTurnAsync(Func<Task> write)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            await write();
            _lastWrite = _time.GetTimestamp();
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

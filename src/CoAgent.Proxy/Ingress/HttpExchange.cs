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
    private long _lastWrite;
    private bool _isAnswered;

    public HttpExchange(HttpContext context, JsonRpcFrame request, bool isModern, TimeProvider time)
        : base(request)
    {
        _context = context;
        _aborted = context.RequestAborted;
        _time = time;
        _isModern = isModern;
        _events = new EventStreamWriter(context.Response);
        _lastWrite = time.GetTimestamp();
        TakesEvents = AcceptHeader.TakesEvents(context.Request);
        ParameterHeaders = isModern ? ParameterHeadersOf(context.Request) : null;
    }

    /// <summary>Whether the client can read a stream of events in answer to this request.</summary>
    public bool TakesEvents { get; }

    public override IReadOnlyList<KeyValuePair<string, string>>? ParameterHeaders { get; }

    public override async ValueTask<bool> SendRelatedAsync(Splice message)
    {
        // What still comes for a request that its client has given up is for nobody. A client that takes no events has said that it reads one
        // JSON object and nothing more.
        return Cancelled.IsCancellationRequested || (TakesEvents && await WriteInTurnAsync(Write.Event, message));
    }

    /// <summary>Answers the request and ends the response.</summary>
    /// <param name="answer">The answer; null when the client has cancelled the request.</param>
    public async Task CompleteAsync(Splice? answer)
    {
        if (!await WriteInTurnAsync(answer is null ? Write.Nothing : Write.Answer, answer ?? default) && answer is not null)
        {
            await WhenLost();
        }
    }

    /// <summary>Gives a sign of life when nothing was written for a while.</summary>
    public async ValueTask KeepAliveAsync(TimeSpan quiet)
    {
        if (TakesEvents && _time.GetElapsedTime(_lastWrite) >= quiet)
        {
            await WriteInTurnAsync(Write.SignOfLife, default);
        }
    }

    private enum Write
    {
        Event,
        SignOfLife,
        Answer,
        Nothing,
    }

    // After the answer the response belongs to the server that carries it, which may use it for the client's next request.
    private async ValueTask<bool> WriteInTurnAsync(Write what, Splice message)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (_isAnswered || _aborted.IsCancellationRequested)
            {
                return false;
            }

            _isAnswered = what is Write.Answer or Write.Nothing;
            await WriteAsync(what, message);
            _lastWrite = _time.GetTimestamp();
            return true;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            // The client has gone: there is nobody to write to, and the abort has cancelled the request already.
            Cancel();
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask WriteAsync(Write what, Splice message)
    {
        switch (what)
        {
            case Write.Nothing:
                _context.Response.StatusCode = _events.HasStarted ? _context.Response.StatusCode : StatusCodes.Status202Accepted;
                break;
            case Write.Answer when !_events.HasStarted && (!TakesEvents || StatusOf(ErrorCode) != StatusCodes.Status200OK):
                await WriteJsonAsync(message);
                break;
            case Write.SignOfLife:
                await StartEventsAsync();
                await _events.KeepAliveAsync(_aborted);
                break;
            default:
                await StartEventsAsync();
                await _events.WriteAsync(message, _aborted);
                break;
        }
    }

    private async ValueTask StartEventsAsync()
    {
        if (!_events.HasStarted)
        {
            _events.Prepare();
            await _context.Response.StartAsync(_aborted); // before it, the writer hands out stand-in memory and copies
        }
    }

    private async ValueTask WriteJsonAsync(Splice answer)
    {
        var response = _context.Response;
        response.StatusCode = StatusOf(ErrorCode);
        response.ContentType = "application/json";
        response.ContentLength = answer.Length;
        await response.StartAsync(_aborted);
        answer.WriteTo(response.BodyWriter);
        await response.BodyWriter.FlushAsync(_aborted);
    }

    private static KeyValuePair<string, string>[] ParameterHeadersOf(HttpRequest request) =>
    [
        .. request.Headers
            .Where(static header => header.Key.StartsWith("Mcp-Param-", StringComparison.OrdinalIgnoreCase))
            .Select(static header => new KeyValuePair<string, string>(header.Key, header.Value.ToString())),
    ];

    // The modern era tells some errors in the status line too, while there is still a status line to write.
    private int StatusOf(int? errorCode) => errorCode switch
    {
        JsonRpcError.MethodNotFound when _isModern => StatusCodes.Status404NotFound,
        JsonRpcError.HeaderMismatch or JsonRpcError.MissingClientCapability or JsonRpcError.UnsupportedProtocolVersion when _isModern =>
            StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status200OK,
    };
}

using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>The way to an HTTP client of the legacy era: its open requests' streams and its GET stream.</summary>
/// <remarks>
/// With one request open, what a server says of its own accord goes on that request's stream, where it keeps its place
/// before the answer; else on the GET stream; with neither it waits, within a bound, for the client to open one.
/// </remarks>
internal sealed class HttpChannel(TimeProvider time, int waitingMax) : IClientChannel, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<Splice> _waiting = new();
    private OpenStream? _stream;

    private sealed record OpenStream(EventStreamWriter Events, CancellationTokenSource End)
    {
        public long LastWrite { get; set; }
    }

    public async ValueTask<bool> SendAsync(Splice message, IReadOnlyList<ClientExchange> open)
    {
        if (open is [HttpExchange only] && await only.SendRelatedAsync(message))
        {
            return true;
        }

        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (_stream is { } stream && await TryWriteAsync(stream, message))
            {
                return true;
            }

            foreach (var exchange in open.Reverse())
            {
                if (await exchange.SendRelatedAsync(message))
                {
                    return true;
                }
            }

            if (_waiting.Count >= waitingMax)
            {
                return false;
            }

            _waiting.Enqueue(message);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Serves a GET until the client closes it or opens another: a client that reconnects cannot know that its old one still looks open here.</summary>
    public async Task ServeAsync(HttpContext context, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var stream = new OpenStream(new EventStreamWriter(context.Response), end) { LastWrite = time.GetTimestamp() };
        try
        {
            await OpenAsync(stream);
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (end.Token.UnsafeRegister(_ => closed.TrySetResult(), state: null))
            {
                await closed.Task;
            }
        }
        finally
        {
            await CloseAsync(stream);
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Ends the stream that is open: its session is over.</summary>
    public async Task EndAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            await (_stream?.End.CancelAsync() ?? Task.CompletedTask);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives a sign of life when nothing was written for a while.</summary>
    public async ValueTask KeepAliveAsync(TimeSpan quiet)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (_stream is { } stream && time.GetElapsedTime(stream.LastWrite) >= quiet)
            {
                await TryWriteAsync(stream, message: null);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task OpenAsync(OpenStream stream)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (_stream is { } previous)
            {
                await previous.End.CancelAsync();
            }

            _stream = stream;
            await stream.Events.StartAsync(stream.End.Token);
            while (_waiting.TryPeek(out var message) && await TryWriteAsync(stream, message))
            {
                _waiting.Dequeue();
            }
        }
        catch (OperationCanceledException)
        {
            _stream = null; // closed before it was open
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task CloseAsync(OpenStream stream)
    {
        await _turn.WaitAsync(CancellationToken.None);
        _stream = _stream == stream ? null : _stream;
        _turn.Release();
    }

    private async ValueTask<bool> TryWriteAsync(OpenStream stream, Splice? message)
    {
        try
        {
            await (message is { } some
                ? stream.Events.WriteAsync(some, stream.End.Token)
                : stream.Events.KeepAliveAsync(stream.End.Token));
            stream.LastWrite = time.GetTimestamp();
            return true;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The client has closed the stream: what could not be written takes another way.
            _stream = null;
            return false;
        }
    }
}

/// <summary>The way to a modern HTTP client for what belongs to no request: there is none, by design of the protocol.</summary>
internal sealed class NoChannel : IClientChannel
{
    public ValueTask<bool> SendAsync(Splice message, IReadOnlyList<ClientExchange> open) => ValueTask.FromResult(false);
}

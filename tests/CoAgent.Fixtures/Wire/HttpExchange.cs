using Microsoft.AspNetCore.Http;

namespace CoAgent.Fixtures.Wire;

/// <summary>One HTTP response: a single JSON answer, or events as soon as anything comes before the answer.</summary>
internal sealed class HttpExchange(HttpContext context) : IDisposable
{
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Ends when the answer has been written.</summary>
    public Task Answered => answered.Task;

    /// <summary>Ends a stream that has no answer.</summary>
    public void End() => answered.TrySetResult();

    /// <summary>Sends the headers of an event stream.</summary>
    public async Task StartStreamAsync(CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.Body.FlushAsync(cancellationToken);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> line, bool isAnswer, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (answered.Task.IsCompleted)
            {
                return;
            }

            if (context.Response.HasStarted || !isAnswer)
            {
                await SendEventAsync(line, cancellationToken);
            }
            else
            {
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = line.Length;
                await context.Response.Body.WriteAsync(line, cancellationToken);
            }

            if (isAnswer)
            {
                answered.TrySetResult();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task SendEventAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        if (!context.Response.HasStarted)
        {
            await StartStreamAsync(cancellationToken);
        }

        var body = context.Response.Body;
        await body.WriteAsync("event: message\ndata: "u8.ToArray(), cancellationToken);
        await body.WriteAsync(line, cancellationToken);
        await body.WriteAsync("\n\n"u8.ToArray(), cancellationToken);
        await body.FlushAsync(cancellationToken);
    }
}

using System.Collections.Concurrent;

namespace CoAgent.Fixtures.Wire;

/// <summary>The messages that are still being handled, so that a client can cancel them by id.</summary>
internal sealed class RunningCalls : IDisposable
{
    private const int CountMax = 1024;

    private readonly ConcurrentDictionary<string, CancellationTokenSource> byId = new();
    private readonly SemaphoreSlim places = new(CountMax, CountMax);

    /// <summary>Starts handling and returns at the first wait; waits itself only while too many calls run.</summary>
    public async Task<Task> StartAsync(
        IMessageServer server, WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        return HandleAsync(server, message, send, cancellationToken);
    }

    /// <summary>Cancels what <c>notifications/cancelled</c> names, if it still runs.</summary>
    public void Cancel(WireMessage notification)
    {
        if (WireMessage.Raw(WireMessage.Member(notification.Params, "requestId")) is { } id
            && byId.TryGetValue(id, out var call))
        {
            call.Cancel();
        }
    }

    public void Dispose() => places.Dispose();

    private async Task HandleAsync(
        IMessageServer server, WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        using var call = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (message.IsRequest)
        {
            byId[message.Id!] = call;
        }

        try
        {
            await server.HandleAsync(message, send, call.Token);
        }
        catch (OperationCanceledException) when (call.IsCancellationRequested)
        {
            // A cancelled call is not answered.
        }
        finally
        {
            if (message.IsRequest)
            {
                byId.TryRemove(message.Id!, out _);
            }

            places.Release();
        }
    }
}

using System.Threading.Channels;

namespace CoAgent.Runtime.Coordination;

/// <summary>Answers that wait until what they rest on is durable; they go out in the order in which they were decided.</summary>
internal sealed class Outbox(int answersMax)
{
    private readonly Channel<(Task Durable, Action Tell)> _waiting = Channel.CreateBounded<(Task, Action)>(
        new BoundedChannelOptions(answersMax) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true, SingleWriter = true });

    private int _waitingCount;

    /// <summary>Tells as soon as it may be told: at once when it may be already and nothing waits before it.</summary>
    public ValueTask AddAsync(Task durable, Action tell)
    {
        if (durable.IsCompletedSuccessfully && Volatile.Read(ref _waitingCount) == 0)
        {
            tell();
            return ValueTask.CompletedTask;
        }

        Interlocked.Increment(ref _waitingCount);
        return _waiting.Writer.WriteAsync((durable, tell));
    }

    /// <summary>Sends out what waits, until nothing more comes; fails with the first thing that could not be made durable.</summary>
    public async Task RunAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (_waiting.Reader.TryRead(out var next))
            {
                await next.Durable;
                next.Tell();
                Interlocked.Decrement(ref _waitingCount);
            }
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete() => _waiting.Writer.TryComplete();
}

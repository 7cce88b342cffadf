namespace CoAgent.Tests.Journal;

/// <summary>The flushes of a journal under test: they are counted, held and made to fail.</summary>
internal sealed class FlushGate
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _open = Opened();
    private TaskCompletionSource _arrived = New();
    private IOException? _failure;
    private int _count;

    /// <summary>How many flushes have begun.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What is done in each flush that ends well, before whoever waits is told.</summary>
    public Action? Passed { get; set; }

    /// <summary>From now on flushes wait.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _open = New();
            _arrived = New();
        }
    }

    /// <summary>When a flush waits.</summary>
    public Task HeldAsync() => _arrived.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public void Release() => _open.TrySetResult();

    public void Break(string reason) => _failure = new IOException(reason);

    public async ValueTask PassAsync()
    {
        Interlocked.Increment(ref _count);
        Task open;
        lock (_gate)
        {
            open = _open.Task;
            _arrived.TrySetResult();
        }

        await open;
        if (_failure is { } failure)
        {
            throw failure;
        }

        Passed?.Invoke();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Opened()
    {
        var open = New();
        open.SetResult();
        return open;
    }
}

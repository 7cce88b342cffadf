using System.Buffers;

namespace CoAgent.Proxy.Wire;

/// <summary>
/// Writes messages as lines to one stream: any number of writers, each line whole, in the order of the calls.
/// </summary>
/// <remarks>
/// Whoever finds the stream idle writes; lines that arrive meanwhile are gathered and leave together in its next write. So
/// a single call costs no hand-over to another thread, and many at once share system calls. A thread that has several
/// messages at hand holds its writes back until it has passed on all of them (<see cref="Hold"/>). Writers wait once
/// <paramref name="bytesMax"/> bytes are queued: a peer that does not read holds up its own callers, not memory.
/// </remarks>
/// <param name="stream">Where the lines go; not disposed here.</param>
/// <param name="bytesMax">How many bytes may wait to be written.</param>
internal sealed class LineWriter(Stream stream, int bytesMax)
{
    [ThreadStatic]
    private static Held? t_held;

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<Exception> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PooledBuffer _gathering = new();
    private PooledBuffer _writing = new();
    private TaskCompletionSource? _drained;
    private bool _isWriting;

    /// <summary>Completes with the reason when the stream can no longer be written.</summary>
    public Task<Exception> Broken => _broken.Task;

    /// <summary>
    /// Holds back what this thread writes, to any writer, until <see cref="Held.Release"/>. Between the two the thread must not
    /// await.
    /// </summary>
    public static Held Hold() => t_held = new Held(t_held);

    /// <summary>Queues a message and its line end; completes when it may be forgotten by the caller.</summary>
    /// <exception cref="IOException">The stream is broken: this line or an earlier one could not be written.</exception>
    public ValueTask WriteAsync(Splice message, CancellationToken cancellationToken)
    {
        Task? wait = null;
        lock (_lock)
        {
            if (_broken.Task.IsCompleted)
            {
                return ValueTask.FromException(new IOException("The other end is gone.", _broken.Task.Result));
            }

            if (_gathering.Count > 0 && _gathering.Count + message.Length > bytesMax)
            {
                _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _drained.Task;
            }
            else
            {
                Append(message);
                if (_isWriting)
                {
                    return ValueTask.CompletedTask;
                }

                _isWriting = true;
            }
        }

        if (wait is not null)
        {
            return new ValueTask(WaitAndWriteAsync(wait, message, cancellationToken));
        }

        if (t_held is { } held)
        {
            held.Add(this);
            return ValueTask.CompletedTask;
        }

        return new ValueTask(DrainAsync());
    }

    /// <summary>The writers that a thread has written to and not let go yet.</summary>
    public sealed class Held(Held? outer)
    {
        private readonly List<LineWriter> _writers = [];

        internal void Add(LineWriter writer) => _writers.Add(writer);

        /// <summary>
        /// Ends holding back and writes what was held, without waiting for a peer that does not read: whoever writes to it next
        /// waits at the bound. A stream that breaks now tells so by <see cref="Broken"/> and to later writers.
        /// </summary>
        public void Release()
        {
            t_held = outer;
            foreach (var writer in _writers)
            {
                _ = writer.DrainQuietlyAsync();
            }
        }
    }

    private async Task WaitAndWriteAsync(Task wait, Splice message, CancellationToken cancellationToken)
    {
        await wait.WaitAsync(cancellationToken);
        await WriteAsync(message, cancellationToken);
    }

    private void Append(Splice message)
    {
        _gathering.EnsureRoom(message.Length + 1);
        message.WriteTo(_gathering);
        _gathering.Write("\n"u8);
    }

    // Not cancellable: half a line on the stream would break every line after it. The first buffer holds the line of whoever
    // drains: once it is out, a fault with a later one is not its own, or it would seem not to have been sent.
    private async Task DrainAsync()
    {
        var isOwnLineOut = false;
        try
        {
            while (SwapBuffers())
            {
                await stream.WriteAsync(_writing.Written, CancellationToken.None);
                isOwnLineOut = true;
                await stream.FlushAsync(CancellationToken.None);
                _writing.Clear();
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Fail(error);
            if (!isOwnLineOut)
            {
                throw new IOException("The other end is gone.", error);
            }
        }
    }

    // The lines held back were taken as written; that they could not be is told by Broken.
    private async Task DrainQuietlyAsync()
    {
        try
        {
            await DrainAsync();
        }
        catch (IOException) when (_broken.Task.IsCompleted)
        {
            return;
        }
    }

    private bool SwapBuffers()
    {
        lock (_lock)
        {
            if (_gathering.Count == 0)
            {
                _isWriting = false;
                return false;
            }

            (_gathering, _writing) = (_writing, _gathering);
            _drained?.SetResult();
            _drained = null;
            return true;
        }
    }

    private void Fail(Exception error)
    {
        lock (_lock)
        {
            _broken.TrySetResult(error);
            _isWriting = false;
            _drained?.SetResult();
            _drained = null;
        }
    }
}

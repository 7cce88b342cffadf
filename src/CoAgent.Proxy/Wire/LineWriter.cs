using System.Buffers;

namespace CoAgent.Proxy.Wire;

/// <summary>
/// Writes messages as lines to one stream: any number of writers, each line whole, in the order of the calls.
/// </summary>
/// <remarks>
/// Whoever finds the stream idle writes; lines that arrive meanwhile are gathered and leave together in its next write. So
/// a single call costs no hand-over to another thread, and many at once share system calls. Writers wait once
/// <paramref name="bytesMax"/> bytes are queued: a peer that does not read holds up its own callers, not memory.
/// </remarks>
/// <param name="stream">Where the lines go; not disposed here.</param>
/// <param name="bytesMax">How many bytes may wait to be written.</param>
internal sealed class LineWriter(Stream stream, int bytesMax)
{
    private const int KeepBytesMax = 256 * 1024;

    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte> _gathering = new(1024);
    private ArrayBufferWriter<byte> _writing = new(1024);
    private TaskCompletionSource? _drained;
    private bool _isWriting;
    private Exception? _failure;

    /// <summary>Queues a message and its line end; completes when it may be forgotten by the caller.</summary>
    /// <exception cref="IOException">The stream is broken: this line or an earlier one could not be written.</exception>
    public ValueTask WriteAsync(Splice message, CancellationToken cancellationToken)
    {
        Task? wait = null;
        lock (_lock)
        {
            if (_failure is not null)
            {
                return ValueTask.FromException(new IOException("The other end is gone.", _failure));
            }

            if (_gathering.WrittenCount > 0 && _gathering.WrittenCount + message.Length > bytesMax)
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

        return wait is null ? new ValueTask(DrainAsync()) : new ValueTask(WaitAndWriteAsync(wait, message, cancellationToken));
    }

    private async Task WaitAndWriteAsync(Task wait, Splice message, CancellationToken cancellationToken)
    {
        await wait.WaitAsync(cancellationToken);
        await WriteAsync(message, cancellationToken);
    }

    private void Append(Splice message)
    {
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
                await stream.WriteAsync(_writing.WrittenMemory, CancellationToken.None);
                isOwnLineOut = true;
                await stream.FlushAsync(CancellationToken.None);
                Recycle();
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

    private bool SwapBuffers()
    {
        lock (_lock)
        {
            if (_gathering.WrittenCount == 0)
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

    private void Recycle()
    {
        if (_writing.Capacity > KeepBytesMax)
        {
            _writing = new ArrayBufferWriter<byte>(1024);
        }
        else
        {
            _writing.ResetWrittenCount();
        }
    }

    private void Fail(Exception error)
    {
        lock (_lock)
        {
            _failure = error;
            _isWriting = false;
            _drained?.SetResult();
            _drained = null;
        }
    }
}

using System.Net.Sockets;

namespace CoAgent.Proxy.Wire;

/// <summary>Lines over one connected socket, read by a thread of its own.</summary>
/// <remarks>
/// Reading and writing block on purpose. A thread that waits in the kernel wakes faster than one that is told by another
/// that waits there, and a single asynchronous operation on a socket would turn its blocking ones into waits on such a
/// hand-over. There are as many of these threads as stdio clients.
/// </remarks>
internal sealed class SocketLine : IDisposable
{
    private readonly Socket _socket;
    private readonly LineBuffer _lines;
    private readonly SendingStream _sending;

    public SocketLine(Socket socket, int messageBytesMax, int queueBytesMax)
    {
        _socket = socket;
        _lines = new LineBuffer(messageBytesMax);
        _sending = new SendingStream(socket);
        Writer = new LineWriter(_sending, queueBytesMax);
    }

    /// <summary>Whether a write has broken off after some of it had gone out.</summary>
    public bool HasSentInPart => _sending.HasSentInPart;

    public LineWriter Writer { get; }

    /// <summary>How long a read waits before it counts as the end.</summary>
    /// <value>Zero: for ever.</value>
    public TimeSpan ReadPatience
    {
        set => _socket.ReceiveTimeout = (int)value.TotalMilliseconds;
    }

    /// <summary>Waits for the next line, on the calling thread; null at the end.</summary>
    public Line? Read()
    {
        Line line;
        while (!_lines.TryTake(out line))
        {
            if (!ReadMore())
            {
                return null;
            }
        }

        return line;
    }

    /// <summary>Passes on every line until the end, on the calling thread.</summary>
    /// <param name="take">Takes a line.</param>
    /// <param name="passedOn">Called each time that all lines at hand were passed on and written.</param>
    public void ReadAll(Func<Line, ValueTask> take, Action? passedOn = null)
    {
        do
        {
            _lines.PassOnAsync(take).AsTask().GetAwaiter().GetResult();
            passedOn?.Invoke();
        }
        while (ReadMore());
    }

    /// <summary>Closes for both directions, which also ends a read that waits.</summary>
    public void Dispose()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Closed by the other end, or here before: all that is left is to let go of it.
        }

        _socket.Dispose();
    }

    private bool ReadMore()
    {
        try
        {
            var read = _socket.Receive(_lines.GetRoom().Span);
            _lines.Advance(read);
            return read > 0;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false; // however it ended, it has ended
        }
    }

    /// <summary>Sends at once what fits, and hands over to another thread what would have to wait for the other end.</summary>
    private sealed class SendingStream(Socket socket) : WriteOnlyStream
    {
        // What a Unix socket takes without waiting once it says that it takes something at all.
        private const int AtOnceBytesMax = 64 * 1024;

        public bool HasSentInPart { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                if (buffer.Length > AtOnceBytesMax || !socket.Poll(microSeconds: 0, SelectMode.SelectWrite))
                {
                    return new ValueTask(Task.Run(() => Write(buffer.Span), CancellationToken.None));
                }

                Write(buffer.Span);
                return ValueTask.CompletedTask;
            }
            catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
            {
                return ValueTask.FromException(new IOException(error.Message, error));
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var rest = buffer;
            try
            {
                while (!rest.IsEmpty)
                {
                    rest = rest[socket.Send(rest)..];
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                HasSentInPart |= rest.Length < buffer.Length;
                throw new IOException("The other end is gone.", error);
            }
        }
    }
}

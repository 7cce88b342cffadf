using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Bridge;

/// <summary>The process's stdout, written by the thread that has something to write.</summary>
/// <remarks>
/// The console's own stream hands every asynchronous write to another thread. A client that does not read holds up the thread
/// that reads from the daemon, and so the daemon's writes to this bridge: back-pressure, end to end.
/// </remarks>
internal sealed class StandardOutput(Stream inner) : WriteOnlyStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
        catch (IOException error)
        {
            return ValueTask.FromException(error);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        inner.Flush();
    }
}

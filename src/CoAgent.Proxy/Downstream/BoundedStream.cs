namespace CoAgent.Proxy.Downstream;

/// <summary>Reads through to another stream and breaks when more than a message's worth comes without a message.</summary>
internal sealed class BoundedStream(Stream inner, long bytesMax) : Stream
{
    private long _sinceMessage;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A message was complete: counting starts anew.</summary>
    public void MessageTaken() => _sinceMessage = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _sinceMessage += read;
        return _sinceMessage <= bytesMax
            ? read
            : throw new MessageTooLongException($"A message of the server is longer than {bytesMax:N0} bytes.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>A message beyond the limit.</summary>
internal sealed class MessageTooLongException(string message) : IOException(message);

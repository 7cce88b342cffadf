namespace CoAgent.Trials.Support;

/// <summary>Splits a stream at <c>\n</c>; every other byte is kept, a carriage return too.</summary>
internal sealed class LineReader(Stream stream)
{
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int scanned;
    private int filled;

    /// <summary>The next line, the last one also without its end; nothing at the end of the stream.</summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = buffer.AsSpan(scanned, filled - scanned).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = buffer.AsSpan(start, scanned + end - start).ToArray();
                start = scanned = scanned + end + 1;
                return line;
            }

            scanned = filled;
            MakeRoom();
            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0)
            {
                return TakeRest();
            }

            filled += read;
        }
    }

    private byte[]? TakeRest()
    {
        var rest = buffer.AsSpan(start, filled - start).ToArray();
        start = scanned = filled = 0;
        return rest.Length == 0 ? null : rest;
    }

    private void MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            scanned -= start;
            start = 0;
        }

        if (filled == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}

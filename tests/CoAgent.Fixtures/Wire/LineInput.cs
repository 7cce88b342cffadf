namespace CoAgent.Fixtures.Wire;

/// <summary>Splits a stream into lines, byte for byte; a line's end is <c>\n</c>, with or without <c>\r</c>.</summary>
/// <remarks>Reads block: standard input has no other kind, and a thread of its own is the shortest way from line to answer.</remarks>
internal sealed class LineInput(Stream stream)
{
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int scanned;
    private int filled;

    /// <summary>The next line in memory of its own, or nothing at the end of the stream.</summary>
    public ReadOnlyMemory<byte>? Read()
    {
        while (true)
        {
            var end = buffer.AsSpan(scanned, filled - scanned).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = buffer.AsSpan(start, scanned + end - start).ToArray();
                start = scanned = scanned + end + 1;
                return line is [.., (byte)'\r'] ? line.AsMemory(0, line.Length - 1) : line;
            }

            scanned = filled;
            MakeRoom();
            var read = stream.Read(buffer.AsSpan(filled));
            if (read == 0)
            {
                return null;
            }

            filled += read;
        }
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
            if (filled > Hosting.FixtureLimits.MessageBytesMax)
            {
                throw new InvalidDataException("A line is longer than a message may be.");
            }

            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}

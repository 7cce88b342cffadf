namespace CoAgent.Benchmarks.Wire;

/// <summary>Reads newline-ended messages with plain blocking reads, the cheapest way there is to read a pipe.</summary>
internal sealed class LineReader(Stream stream)
{
    private const int LineBytesMax = 64 * 1024 * 1024;

    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private int newline = -1;

    /// <summary>Whether a whole line is already here: a writer flushes only when none is.</summary>
    public bool HasBufferedLine => FindNewline(start);

    /// <summary>
    /// Waits for the next line; false at the end of the stream. The span is valid until the next call.
    /// </summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var scanned = start;
        while (!FindNewline(scanned))
        {
            scanned -= start;
            if (!Fill())
            {
                line = default;
                return false;
            }

            scanned += start;
        }

        line = buffer.AsSpan(start, newline - start);
        start = newline + 1;
        newline = -1;
        return true;
    }

    private bool FindNewline(int from)
    {
        if (newline >= 0)
        {
            return true;
        }

        var found = buffer.AsSpan(from, end - from).IndexOf((byte)'\n');
        newline = found < 0 ? -1 : from + found;
        return found >= 0;
    }

    private bool Fill()
    {
        if (end == buffer.Length)
        {
            MakeRoom();
        }

        var read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }

    private void MakeRoom()
    {
        var length = end - start;
        if (length == LineBytesMax)
        {
            throw new InvalidDataException($"a line is longer than {LineBytesMax} bytes");
        }

        var target = length > buffer.Length / 2 ? new byte[Math.Min(buffer.Length * 2, LineBytesMax)] : buffer;
        Buffer.BlockCopy(buffer, start, target, 0, length);
        buffer = target;
        start = 0;
        end = length;
    }
}

namespace CoAgent.Benchmarks.Wire;

/// <summary>Gathers messages of many threads into few writes: whoever flushes first writes for all.</summary>
internal sealed class GatherWriter(Stream stream)
{
    private const int WaitingBytesMax = 128 * 1024 * 1024;

    private readonly Lock gate = new();
    private byte[] filling = new byte[64 * 1024];
    private byte[] writing = new byte[64 * 1024];
    private int filled;
    private bool flushing;

    /// <summary>Adds one line made of three parts; nothing is written until a flush.</summary>
    public void AppendLine(ReadOnlySpan<byte> before, ReadOnlySpan<byte> id, ReadOnlySpan<byte> after)
    {
        lock (gate)
        {
            Reserve(before.Length + id.Length + after.Length + 1);
            Put(before);
            Put(id);
            Put(after);
            filling[filled++] = (byte)'\n';
        }
    }

    public void Flush()
    {
        lock (gate)
        {
            if (flushing)
            {
                return;
            }

            flushing = true;
        }

        while (Take() is var length and > 0)
        {
            stream.Write(writing, 0, length);
        }
    }

    private int Take()
    {
        lock (gate)
        {
            var length = filled;
            (filling, writing) = (writing, filling);
            filled = 0;
            flushing = length > 0;
            return length;
        }
    }

    private void Reserve(int length)
    {
        var needed = filled + length;
        if (needed > WaitingBytesMax)
        {
            throw new IOException($"more than {WaitingBytesMax} bytes wait for a reader that does not read");
        }

        if (needed > filling.Length)
        {
            Array.Resize(ref filling, Math.Max(needed, filling.Length * 2));
        }
    }

    private void Put(ReadOnlySpan<byte> part)
    {
        part.CopyTo(filling.AsSpan(filled));
        filled += part.Length;
    }
}

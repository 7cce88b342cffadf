using System.Text;

namespace CoAgent.Workspace.Bash;

/// <summary>Reads a stream to its end and keeps its head and its tail.</summary>
/// <remarks>Memory stays at the limit however much a command writes; what lies between head and tail is counted.</remarks>
internal sealed class OutputCapture(int bytesMax)
{
    private readonly byte[] _head = new byte[bytesMax - (bytesMax / 3)];
    private readonly byte[] _tail = new byte[bytesMax / 3];
    private long _total;

    internal async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Add(buffer.AsSpan(0, read));
        }
    }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        if (_total < _head.Length)
        {
            var taken = Math.Min(bytes.Length, _head.Length - (int)_total);
            bytes[..taken].CopyTo(_head.AsSpan((int)_total));
            _total += taken;
            bytes = bytes[taken..];
        }

        foreach (var one in bytes)
        {
            _tail[(int)((_total - _head.Length) % _tail.Length)] = one;
            _total++;
        }
    }

    /// <summary>The text; bytes that are not UTF-8 become the replacement character.</summary>
    internal string Text()
    {
        if (_total <= _head.Length)
        {
            return Encoding.UTF8.GetString(_head, 0, (int)_total);
        }

        var behind = _total - _head.Length;
        var tail = Tail(behind);
        if (behind <= _tail.Length)
        {
            return Encoding.UTF8.GetString([.. _head, .. tail]);
        }

        var headEnd = WholeCharacters(_head);
        var tailStart = 0;
        while (tailStart < tail.Length && (tail[tailStart] & 0xC0) == 0x80)
        {
            tailStart++;
        }

        var cut = behind - tail.Length + (_head.Length - headEnd) + tailStart;
        return $"{Encoding.UTF8.GetString(_head, 0, headEnd)}\n[cut: {cut} bytes are left out here; send long output to a file]\n"
            + Encoding.UTF8.GetString(tail, tailStart, tail.Length - tailStart);
    }

    private byte[] Tail(long behind)
    {
        if (behind <= _tail.Length)
        {
            return _tail[..(int)behind];
        }

        var start = (int)(behind % _tail.Length);
        return [.. _tail[start..], .. _tail[..start]];
    }

    // A character begun within the last three bytes may go on in what is left out.
    private static int WholeCharacters(ReadOnlySpan<byte> head)
    {
        for (var back = 1; back <= Math.Min(4, head.Length); back++)
        {
            var one = head[^back];
            if ((one & 0xC0) == 0x80)
            {
                continue;
            }

            var length = one >= 0xF0 ? 4 : one >= 0xE0 ? 3 : one >= 0xC0 ? 2 : 1;
            return length > back ? head.Length - back : head.Length;
        }

        return head.Length;
    }
}

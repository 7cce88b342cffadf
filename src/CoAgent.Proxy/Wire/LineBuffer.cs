using System.Buffers;

namespace CoAgent.Proxy.Wire;

/// <summary>What a <see cref="LineBuffer"/> found.</summary>
internal abstract record Line
{
    private Line()
    {
    }

    /// <summary>A whole line, without its end.</summary>
    public sealed record Whole(ReadOnlyMemory<byte> Utf8) : Line;

    /// <summary>A line beyond the limit: it was read past, and this is what could be told of it.</summary>
    /// <param name="Bytes">How long it was.</param>
    /// <param name="Id">The spelling of its top-level <c>id</c>; empty when it has none.</param>
    /// <param name="HasMethod">True when it was a request or notification, so that <paramref name="Id"/> is its sender's.</param>
    public sealed record TooLong(long Bytes, string Id, bool HasMethod) : Line;
}

/// <summary>
/// Cuts a byte stream into lines, without bound on how they arrive and with a bound on how long they may be.
/// </summary>
/// <remarks>
/// A line that is too long is read past in constant memory, and its id is found on the way, so that the one call that it
/// answers can be told instead of everyone losing the connection. Not safe for concurrent use. Lines handed out stay
/// valid: they are copies.
/// </remarks>
internal sealed class LineBuffer(int bytesMax)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>How many reads without a long line before a buffer that has grown is given back.</summary>
    private const int QuietReadsMax = 64;

    private byte[] _buffer = new byte[ChunkBytes];
    private int _start;
    private int _end;
    private int _searched;
    private int _quietReadCount;
    private OversizeScan? _oversize;

    /// <summary>True while bytes of an unfinished line are held.</summary>
    public bool HasPartialLine => _end > _start || _oversize is not null;

    /// <summary>Room to read into; never empty. Call <see cref="Advance"/> with what was read.</summary>
    public Memory<byte> GetRoom()
    {
        if (_start == _end && _start > 0)
        {
            _start = _end = _searched = 0;
            ShrinkWhenIdle();
        }

        if (_buffer.Length - _end < ChunkBytes / 4)
        {
            MakeRoom();
        }

        return _buffer.AsMemory(_end);
    }

    public void Advance(int bytes) => _end += bytes;

    /// <summary>The next line that is complete.</summary>
    public bool TryTake(out Line line)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (found < 0)
            {
                _searched = _end;
                DropWhatIsTooLong();
                line = null!;
                return false;
            }

            var lineEnd = _searched + found;
            var length = lineEnd - _start;
            if (_oversize is null && length > bytesMax)
            {
                _oversize = new OversizeScan();
            }

            if (_oversize is not null)
            {
                line = FinishOversize(lineEnd);
                return true;
            }

            var taken = Take(lineEnd);
            if (taken.Length > 0)
            {
                line = new Line.Whole(taken);
                return true;
            }
        }
    }

    /// <summary>
    /// Passes on every line that is complete, in order. What came in one read leaves in one write: writes are held back
    /// while the taker goes on without waiting.
    /// </summary>
    public async ValueTask PassOnAsync(Func<Line, ValueTask> take)
    {
        var isMore = true;
        while (isMore)
        {
            var waiting = ValueTask.CompletedTask;
            var held = LineWriter.Hold();
            try
            {
                while (waiting.IsCompletedSuccessfully && (isMore = TryTake(out var line)))
                {
                    waiting = take(line);
                }
            }
            finally
            {
                // In the same thread, whatever happened: one that holds on would never write again.
                held.Release();
            }

            await waiting;
        }
    }

    private ReadOnlyMemory<byte> Take(int lineEnd)
    {
        var from = _start;
        var to = lineEnd > from && _buffer[lineEnd - 1] == (byte)'\r' ? lineEnd - 1 : lineEnd;
        _start = _searched = lineEnd + 1;
        var line = GC.AllocateUninitializedArray<byte>(to - from);
        _buffer.AsSpan(from, to - from).CopyTo(line);
        return line;
    }

    private Line.TooLong FinishOversize(int lineEnd)
    {
        var scan = _oversize!;
        scan.Feed(_buffer.AsSpan(_start, lineEnd - _start));
        _oversize = null;
        _start = _searched = lineEnd + 1;
        return new Line.TooLong(scan.Bytes, scan.Id, scan.HasMethod);
    }

    private void DropWhatIsTooLong()
    {
        if (_oversize is null && _end - _start > bytesMax)
        {
            _oversize = new OversizeScan();
        }

        if (_oversize is not null)
        {
            _oversize.Feed(_buffer.AsSpan(_start, _end - _start));
            Replace(_buffer.Length > ChunkBytes ? new byte[ChunkBytes] : _buffer);
            _start = _end = _searched = 0;
        }
    }

    // Growing by four copies a third of a long line again, where growing by two would copy all of it.
    private void MakeRoom()
    {
        var held = _end - _start;
        var target = held < _buffer.Length / 2 ? _buffer : ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, _buffer.Length * 4L));
        _buffer.AsSpan(_start, held).CopyTo(target);
        Replace(target);
        _searched -= _start;
        _end = held;
        _start = 0;
        _quietReadCount = 0;
    }

    // A buffer that has grown is kept while long lines come, and given back when they no longer do.
    private void ShrinkWhenIdle()
    {
        if (_buffer.Length > ChunkBytes && ++_quietReadCount > QuietReadsMax)
        {
            Replace(new byte[ChunkBytes]);
            _quietReadCount = 0;
        }
    }

    private void Replace(byte[] buffer)
    {
        if (_buffer != buffer && _buffer.Length > ChunkBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = buffer;
    }
}

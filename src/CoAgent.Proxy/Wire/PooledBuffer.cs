using System.Buffers;

namespace CoAgent.Proxy.Wire;

/// <summary>Bytes gathered for one write. What a large message needed goes back to the pool with it.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>
{
    private const int KeptBytes = 16 * 1024;

    private byte[] _bytes = new byte[KeptBytes];

    /// <summary>How many bytes are gathered.</summary>
    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Count);

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Makes room for so many bytes more, so that a message of known length is copied once.</summary>
    public void EnsureRoom(int bytes)
    {
        if (_bytes.Length - Count >= bytes)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Count + bytes));
        Written.CopyTo(larger);
        GiveBack();
        _bytes = larger;
    }

    /// <summary>Forgets what was gathered.</summary>
    public void Clear()
    {
        Count = 0;
        if (_bytes.Length > KeptBytes)
        {
            GiveBack();
            _bytes = new byte[KeptBytes];
        }
    }

    private void GiveBack()
    {
        if (_bytes.Length > KeptBytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}

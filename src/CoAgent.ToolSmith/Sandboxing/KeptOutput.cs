using System.Buffers;
using System.Text;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>The beginning of a stream, read to its end so that its writer is not held up.</summary>
/// <param name="bytesMax">How much is kept, in bytes.</param>
public sealed class KeptOutput(int bytesMax)
{
    private readonly ArrayBufferWriter<byte> _kept = new();

    /// <summary>How much came, in bytes.</summary>
    public long BytesTotal { get; private set; }

    /// <summary>Whether more came than is kept.</summary>
    public bool IsCut => BytesTotal > bytesMax;

    /// <summary>What is kept.</summary>
    public ReadOnlyMemory<byte> Bytes => _kept.WrittenMemory;

    /// <summary>What is kept, as text.</summary>
    public string Text => Encoding.UTF8.GetString(_kept.WrittenSpan);

    internal async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            _kept.Write(buffer.AsSpan(0, Math.Min(read, bytesMax - _kept.WrittenCount)));
            BytesTotal += read;
        }
    }
}

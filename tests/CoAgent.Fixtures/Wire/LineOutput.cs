using System.Buffers;

namespace CoAgent.Fixtures.Wire;

/// <summary>Writes whole lines, one at a time.</summary>
/// <remarks>Writes block: where the client does not read, the server stands still, as servers do.</remarks>
internal sealed class LineOutput(Stream stream)
{
    private readonly Lock turn = new();

    /// <summary>What ends a line.</summary>
    public ReadOnlyMemory<byte> LineEnd { get; init; } = "\n"u8.ToArray();

    /// <summary>A line is sent whole and is never cancelled: half of one would spoil every line after it.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        var length = line.Length + LineEnd.Length;
        var whole = ArrayPool<byte>.Shared.Rent(length);
        line.CopyTo(whole);
        LineEnd.CopyTo(whole.AsMemory(line.Length));
        lock (turn)
        {
            stream.Write(whole, 0, length);
            stream.Flush();
        }

        ArrayPool<byte>.Shared.Return(whole);
        return ValueTask.CompletedTask;
    }
}

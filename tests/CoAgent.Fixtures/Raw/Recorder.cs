namespace CoAgent.Fixtures.Raw;

/// <summary>Writes every received line to a file, byte for byte, and flushes each.</summary>
internal sealed class Recorder(string file) : IDisposable
{
    private readonly Lock turn = new();
    private readonly FileStream stream = new(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);

    public void Write(ReadOnlyMemory<byte> line)
    {
        lock (turn)
        {
            stream.Write(line.Span);
            stream.WriteByte((byte)'\n');
            stream.Flush();
        }
    }

    public void Dispose() => stream.Dispose();
}

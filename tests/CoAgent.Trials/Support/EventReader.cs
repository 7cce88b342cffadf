namespace CoAgent.Trials.Support;

/// <summary>Reads server-sent events and gives the exact bytes of their data.</summary>
internal sealed class EventReader(Stream stream)
{
    private readonly LineReader lines = new(stream);

    /// <summary>The data of the next event that has any, or nothing at the end of the stream.</summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        using var data = new MemoryStream();
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            var content = line is [.., (byte)'\r'] ? line.AsMemory(0, line.Length - 1) : line;
            if (content.Length == 0 && data.Length > 0)
            {
                return data.ToArray();
            }

            if (content.Span.StartsWith("data:"u8))
            {
                if (data.Length > 0)
                {
                    data.WriteByte((byte)'\n');
                }

                var value = content.Span["data:".Length..];
                data.Write(value is [(byte)' ', ..] ? value[1..] : value);
            }
        }

        return null;
    }
}

namespace CoAgent.Benchmarks.Load;

/// <summary>The bytes of a request that differ from call to call only in their number.</summary>
internal sealed class CallTemplate
{
    /// <summary>As long as every number, so that a number fits in its place.</summary>
    public const string Placeholder = "########";

    private readonly byte[] bytes;
    private readonly int[] places;

    public CallTemplate(byte[] bytes)
    {
        this.bytes = bytes;
        places = [.. Enumerable.Range(0, bytes.Length - Placeholder.Length).Where(at => IsPlace(bytes, at))];
    }

    /// <summary>The request of this number; valid until the next one is asked for.</summary>
    public ReadOnlySpan<byte> Stamp(int number)
    {
        foreach (var place in places)
        {
            number.TryFormat(bytes.AsSpan(place), out _);
        }

        return bytes;
    }

    private static bool IsPlace(byte[] bytes, int at) =>
        bytes.AsSpan(at, Placeholder.Length).IndexOfAnyExcept((byte)'#') < 0;
}

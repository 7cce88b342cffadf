namespace CoAgent.Proxy.Wire;

/// <summary>A run of bytes inside a frame; empty when the member is absent.</summary>
internal readonly record struct Slice(int Start, int Length)
{
    public static readonly Slice None;

    public int End => Start + Length;

    public bool Exists => Length > 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> source) => source.Slice(Start, Length);
}

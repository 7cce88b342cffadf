using System.Text;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>
/// Writes long bytes beside the entry, so that they can go when their call is released; what is left is their beginning.
/// </summary>
/// <remarks>Short bytes stay in the entry and outlive the release: a second row would cost more than they do.</remarks>
internal sealed class PieceWriter(FieldWriter body)
{
    /// <summary>Up to so many bytes stay in the entry.</summary>
    public const int InlineMax = 256;

    /// <summary>How much of a longer text is left after its call was released, in bytes.</summary>
    public const int ExcerptMax = 160;

    private FieldWriter? _detail;

    /// <summary>What was written beside the entry so far.</summary>
    public FieldWriter? Detail => _detail;

    /// <summary>Bytes of which a person may want to see the beginning later.</summary>
    public void Text(ReadOnlySpan<byte> utf8) => Write(utf8, ExcerptOf(utf8));

    /// <summary>Bytes of which nothing is wanted once they are released.</summary>
    public void Opaque(ReadOnlySpan<byte> bytes) => Write(bytes, []);

    private void Write(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> excerpt)
    {
        var isInline = bytes.Length <= InlineMax;
        body.Bool(isInline);
        body.Bytes(isInline ? bytes : excerpt);
        if (!isInline)
        {
            _detail ??= new FieldWriter(bytes.Length + 16);
            _detail.Bytes(bytes);
        }
    }

    private static ReadOnlySpan<byte> ExcerptOf(ReadOnlySpan<byte> utf8)
    {
        var length = Math.Min(ExcerptMax, utf8.Length);
        while (length > 0 && length < utf8.Length && (utf8[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return utf8[..length];
    }
}

/// <summary>Reads what <see cref="PieceWriter"/> wrote, whole or cut.</summary>
/// <param name="detail">What was written beside the entry.</param>
/// <param name="isThere">Whether there is still something: false when it is released.</param>
internal ref struct PieceReader(FieldReader detail, bool isThere)
{
    private static readonly byte[] s_cut = Encoding.UTF8.GetBytes("…");

    private FieldReader _detail = detail;

    public ReadOnlyMemory<byte> Text(ref FieldReader body)
    {
        var (isWhole, bytes) = Read(ref body);
        return isWhole ? bytes : (byte[])[.. bytes, .. s_cut];
    }

    public ReadOnlyMemory<byte> Opaque(ref FieldReader body) => Read(ref body).Bytes;

    /// <summary>Nothing is left beside the entry.</summary>
    public readonly void End()
    {
        if (isThere)
        {
            _detail.End();
        }
    }

    private (bool IsWhole, byte[] Bytes) Read(ref FieldReader body)
    {
        var isInline = body.Bool();
        var bytes = body.Bytes();
        return isInline || !isThere ? (isInline, bytes.ToArray()) : (true, _detail.Bytes().ToArray());
    }
}

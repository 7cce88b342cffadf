using System.Security.Cryptography;

namespace CoAgent.Runtime.Tools;

/// <summary>Names bytes by what they are: the first 128 bits of their SHA-256.</summary>
/// <param name="Value">The bits.</param>
public readonly record struct ContentId(UInt128 Value)
{
    /// <summary>How many hexadecimal digits a name has.</summary>
    public const int DigitCount = 32;

    /// <summary>The name of those bytes.</summary>
    public static ContentId Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return new ContentId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest));
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is none.</summary>
    public static ContentId? TryParse(ReadOnlySpan<char> text) =>
        text.Length == DigitCount
        && UInt128.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, provider: null, out var value)
            ? new ContentId(value)
            : null;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32");
}

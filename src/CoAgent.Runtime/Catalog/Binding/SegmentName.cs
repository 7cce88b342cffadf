using System.Text;

namespace CoAgent.Runtime.Catalog.Binding;

/// <summary>The name that a segment of an id stands for.</summary>
internal static class SegmentName
{
    /// <summary>The name; null where a "%" is followed by something else than two digits, or the bytes are no UTF-8.</summary>
    public static string? TryDecode(string segment)
    {
        if (!segment.Contains('%', StringComparison.Ordinal))
        {
            return segment;
        }

        var bytes = new List<byte>(segment.Length);
        for (var at = 0; at < segment.Length; at++)
        {
            if (segment[at] != '%')
            {
                var length = at + 1 < segment.Length && char.IsSurrogatePair(segment, at) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(segment.Substring(at, length)));
                at += length - 1;
            }
            else if (at + 2 < segment.Length && char.IsAsciiHexDigit(segment[at + 1]) && char.IsAsciiHexDigit(segment[at + 2]))
            {
                bytes.Add(Convert.ToByte(segment.Substring(at + 1, 2), 16));
                at += 2;
            }
            else
            {
                return null;
            }
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

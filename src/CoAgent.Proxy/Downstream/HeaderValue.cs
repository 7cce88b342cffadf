using System.Text;

namespace CoAgent.Proxy.Downstream;

/// <summary>Values of the headers that mirror members of a message (MCP 2026-07-28, Streamable HTTP, "Value Encoding").</summary>
internal static class HeaderValue
{
    private const string Prefix = "=?base64?";
    private const string Suffix = "?=";

    /// <summary>The value as a header can carry it.</summary>
    public static string Encode(string value) =>
        IsPlain(value) ? value : Prefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) + Suffix;

    /// <summary>The value that a header carries; null when it is malformed.</summary>
    public static string? Decode(string header)
    {
        if (!IsEncoded(header))
        {
            return header;
        }

        var encoded = header.AsSpan()[Prefix.Length..^Suffix.Length];
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }

    /// <summary>Whether a header has characters that none may have; an intermediary may have let them through.</summary>
    public static bool HasBadCharacters(string header) =>
        header.Any(static character => character is not '\t' and (< ' ' or > '~'));

    // The shortest that is both: a prefix and a suffix that do not share their question mark.
    private static bool IsEncoded(string value) =>
        value.Length >= Prefix.Length + Suffix.Length
        && value.StartsWith(Prefix, StringComparison.Ordinal)
        && value.EndsWith(Suffix, StringComparison.Ordinal);

    private static bool IsPlain(string value) =>
        value.Length > 0
        && value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0
        && value[0] != ' ' && value[^1] != ' '
        && !IsEncoded(value);
}

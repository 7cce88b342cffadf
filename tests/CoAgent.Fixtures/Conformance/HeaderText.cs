using System.Text;

namespace CoAgent.Fixtures.Conformance;

/// <summary>Reads a header value that may be wrapped as <c>=?base64?…?=</c>.</summary>
internal static class HeaderText
{
    private const string Start = "=?base64?";
    private const string End = "?=";

    /// <summary>The text, or nothing where the value has characters that a header must not have or bad Base64.</summary>
    public static string? Decode(string value)
    {
        if (value.Any(character => character is not '\t' and (< ' ' or > '~')))
        {
            return null;
        }

        if (value.Length < Start.Length + End.Length
            || !value.StartsWith(Start, StringComparison.Ordinal)
            || !value.EndsWith(End, StringComparison.Ordinal))
        {
            return value;
        }

        var encoded = value[Start.Length..^End.Length];
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }
}

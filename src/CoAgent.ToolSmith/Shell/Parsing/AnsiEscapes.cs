using System.Globalization;
using System.Text;

namespace CoAgent.ToolSmith.Shell.Parsing;

/// <summary>The escapes of <c>$'…'</c>.</summary>
internal static class AnsiEscapes
{
    private const string Letters = "abeEfnrtv\\'\"?";
    private const string Meanings = "\a\b\u001b\u001b\f\n\r\t\v\\'\"?";

    /// <summary>What the text stands for; null when that holds a byte that is no character, or ends early at a NUL.</summary>
    internal static string? Decode(ReadOnlySpan<char> text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                decoded.Append(text[at]);
                continue;
            }

            at++;
            var meaning = Letters.IndexOf(text[at], StringComparison.Ordinal);
            if (meaning >= 0)
            {
                decoded.Append(Meanings[meaning]);
            }
            else if (!AppendNumbered(decoded, text, ref at))
            {
                return null;
            }
        }

        return decoded.ToString();
    }

    /// <summary>An escape by number; it begins at the letter or digit after the backslash, and its last character is where it ends.</summary>
    private static bool AppendNumbered(StringBuilder decoded, ReadOnlySpan<char> text, ref int at)
    {
        var (digitsMax, first, style) = text[at] switch
        {
            >= '0' and <= '7' => (3, at, 8),
            'x' => (2, at + 1, 16),
            'u' => (4, at + 1, 16),
            'U' => (8, at + 1, 16),
            _ => (0, at, 0),
        };
        if (text[at] == 'c')
        {
            return false;
        }

        if (style == 0)
        {
            decoded.Append('\\').Append(text[at]);
            return true;
        }

        var length = 0;
        while (length < digitsMax && first + length < text.Length && IsDigit(text[first + length], style))
        {
            length++;
        }

        if (length == 0)
        {
            decoded.Append('\\').Append(text[at]);
            return true;
        }

        var value = style == 8 ? Octal(text.Slice(first, length)) : int.Parse(text.Slice(first, length), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        at = first + length - 1;
        if (value is <= 0 or >= 0x80)
        {
            // What other characters become depends on the locale.
            return false;
        }

        decoded.Append((char)value);
        return true;
    }

    private static bool IsDigit(char character, int style) =>
        style == 16 ? char.IsAsciiHexDigit(character) : character is >= '0' and <= '7';

    private static int Octal(ReadOnlySpan<char> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            value = (value * 8) + (digit - '0');
        }

        return value & 0xff;
    }
}

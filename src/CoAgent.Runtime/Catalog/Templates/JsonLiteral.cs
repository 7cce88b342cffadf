using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Results;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>Small JSON values, and the text that strings and numbers of JSON stand for, whatever is in them.</summary>
internal static class JsonLiteral
{
    private const int DigitsMax = 21; // as many as JavaScript writes without an exponent

    /// <summary>The value that is written so; null where it is no JSON.</summary>
    public static JsonElement? TryParse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = ResultText.LevelsMax });
            return document.RootElement.Clone();
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException)
        {
            return null; // no JSON, or half of a surrogate pair, which no UTF-8 holds
        }
    }

    /// <summary>A string.</summary>
    public static JsonElement OfText(string text) => TryParse(Quote(text)) ?? throw new ArgumentException("A quoted text is JSON.", nameof(text));

    /// <summary>The name of a member; halves of surrogate pairs stay what they are.</summary>
    public static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member)));
        }
    }

    /// <summary>The text of a string; halves of surrogate pairs stay what they are.</summary>
    public static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element)[1..^1]));
        }
    }

    /// <summary>The one text of a number: two spellings of one number have the same, and usual numbers have the usual one.</summary>
    public static string NumberOf(JsonElement element)
    {
        var canonical = JsonNumber.Canonical(element.GetRawText());
        var mark = canonical.IndexOf('e', StringComparison.Ordinal);
        if (mark < 0 || !int.TryParse(canonical.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var shift))
        {
            return canonical;
        }

        var sign = canonical[0] == '-' ? "-" : "";
        var digits = canonical[sign.Length..mark];
        if (shift >= 0)
        {
            return shift <= DigitsMax ? sign + digits + new string('0', shift) : canonical;
        }

        return shift < -DigitsMax ? canonical
            : -shift >= digits.Length ? $"{sign}0.{new string('0', -shift - digits.Length)}{digits}"
            : $"{sign}{digits[..^-shift]}.{digits[^-shift..]}";
    }

    /// <summary>A text as a JSON string; halves of surrogate pairs stay what they are.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (character is '"' or '\\')
            {
                quoted.Append('\\').Append(character);
            }
            else if (at + 1 < text.Length && char.IsSurrogatePair(text, at))
            {
                quoted.Append(text, at++, 2);
            }
            else if (char.IsControl(character) || char.IsSurrogate(character) || character is '\u2028' or '\u2029')
            {
                quoted.Append("\\u").Append(((int)character).ToString("x4"));
            }
            else
            {
                quoted.Append(character);
            }
        }

        return quoted.Append('"').ToString();
    }

    private static string Unescape(string escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var at = 0; at < escaped.Length; at++)
        {
            if (escaped[at] != '\\')
            {
                text.Append(escaped[at]);
            }
            else if (escaped[++at] == 'u')
            {
                text.Append((char)int.Parse(escaped.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                at += 4;
            }
            else
            {
                text.Append(escaped[at] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
            }
        }

        return text.ToString();
    }
}

using System.Text;

namespace CoAgent.Protocol.Objects;

/// <summary>How a name of the outside world is written as one segment of an <see cref="ObjectId"/>.</summary>
public static class SegmentText
{
    /// <summary>The segment of the empty name, and of no other: else two digits follow every "%".</summary>
    public const string Empty = "%";

    /// <summary>
    /// The segment that stands for a name. What a segment cannot hold is percent-encoded (its UTF-8 bytes), and so is
    /// "%", so that two names never share a segment. Most names are their own segment.
    /// </summary>
    public static string Of(string name)
    {
        if (ObjectIdSyntax.IsSegment(name) && !name.Contains('%', StringComparison.Ordinal))
        {
            return name;
        }

        return name switch
        {
            "" => Empty,
            "." => "%2E",
            ".." => "%2E%2E",
            _ => Encode(name),
        };
    }

    private static string Encode(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var at = 0; at < name.Length; at++)
        {
            if (ObjectIdSyntax.IsPair(name, at))
            {
                text.Append(name, at++, 2);
            }
            else
            {
                Append(text, name[at]);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, char character)
    {
        if (character != '%' && ObjectIdSyntax.IsPlain(character) && !char.IsSurrogate(character))
        {
            text.Append(character);
        }
        else if (character < 0x80)
        {
            AppendByte(text, character);
        }
        else if (character < 0x800)
        {
            AppendByte(text, 0xC0 | (character >> 6));
            AppendByte(text, 0x80 | (character & 0x3F));
        }
        else
        {
            // Only a lone surrogate comes here. UTF-8 has none for it; its scheme gives bytes that are no character's.
            AppendByte(text, 0xE0 | (character >> 12));
            AppendByte(text, 0x80 | ((character >> 6) & 0x3F));
            AppendByte(text, 0x80 | (character & 0x3F));
        }
    }

    private static void AppendByte(StringBuilder text, int value) => text.Append('%').Append(value.ToString("X2"));
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace CoAgent.Protocol.Objects;

/// <summary>How an object's id is written (<see cref="ObjectId.Rule"/>).</summary>
internal static class ObjectIdSyntax
{
    internal const char Separator = '/';
    internal const char SchemeEnd = ':';
    internal const char Wildcard = '*';

    /// <summary>The root and the segments below it; null when the text is no id.</summary>
    internal static ImmutableArray<string>? TrySplit(string value)
    {
        var rootLength = RootLength(value);
        if (rootLength == 0 || value.Length > ObjectId.CharsMax)
        {
            return null;
        }

        var path = value.AsSpan(rootLength);
        var count = path.IsEmpty ? 1 : 2 + path.Count(Separator);
        if (count > ObjectId.SegmentsMax)
        {
            return null;
        }

        var segments = new string[count];
        segments[0] = value[..rootLength];
        var filled = 1;
        foreach (var range in count == 1 ? default : path.Split(Separator))
        {
            if (!IsSegment(path[range]))
            {
                return null;
            }

            segments[filled++] = path[range].ToString();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(segments);
    }

    /// <summary>Whether the text is one segment below a root.</summary>
    internal static bool IsSegment(ReadOnlySpan<char> text)
    {
        if (text is "" or "." or "..")
        {
            return false;
        }

        for (var at = 0; at < text.Length; at++)
        {
            if (!IsPlain(text[at]))
            {
                return false;
            }

            if (char.IsSurrogate(text[at]) && !IsPair(text, at++))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a segment can hold that character; half a surrogate pair passes here.</summary>
    internal static bool IsPlain(char character) =>
        !char.IsControl(character) && character is not (Wildcard or Separator);

    /// <summary>Whether a surrogate pair begins there.</summary>
    internal static bool IsPair(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);

    /// <summary>The length of "scheme:" or "scheme:/"; 0 when the text does not begin with a scheme.</summary>
    private static int RootLength(string value)
    {
        var schemeLength = value.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (schemeLength < 1 || !char.IsAsciiLetter(value[0]))
        {
            return 0;
        }

        foreach (var character in value.AsSpan(1, schemeLength - 1))
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '.' or '-'))
            {
                return 0;
            }
        }

        var rootLength = schemeLength + 1;
        return value.Length > rootLength && value[rootLength] == Separator ? rootLength + 1 : rootLength;
    }
}

namespace CoAgent.Protocol.Objects;

/// <summary>How an object's id is written (<see cref="ObjectId.Rule"/>).</summary>
internal static class ObjectIdSyntax
{
    internal const char Separator = '/';
    internal const char SchemeEnd = ':';
    internal const char Wildcard = '*';

    /// <summary>The length of the id's root, "scheme:" or "scheme:/"; null when the text is no id.</summary>
    internal static int? RootLengthOf(string value)
    {
        if (value.Length > ObjectId.CharsMax || SchemeLength(value) is not (> 0 and var schemeLength))
        {
            return null;
        }

        var rootLength = RootLengthAfter(schemeLength, value);
        var path = value.AsSpan(rootLength);
        return path.IsEmpty || IsPath(path) ? rootLength : null;
    }

    /// <summary>The length of the root of a text that is an id.</summary>
    internal static int RootLengthIn(string id) =>
        RootLengthAfter(id.IndexOf(SchemeEnd, StringComparison.Ordinal), id);

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

    private static int RootLengthAfter(int schemeLength, string value) =>
        value.AsSpan(schemeLength + 1).StartsWith(Separator) ? schemeLength + 2 : schemeLength + 1;

    /// <summary>Whether the text is all that can stand below a root.</summary>
    private static bool IsPath(ReadOnlySpan<char> path)
    {
        var count = 1;
        foreach (var range in path.Split(Separator))
        {
            if (++count > ObjectId.SegmentsMax || !IsSegment(path[range]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How many characters come before the scheme's end; 0 when those are no scheme.</summary>
    private static int SchemeLength(string value)
    {
        var length = value.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (length < 1 || !char.IsAsciiLetter(value[0]))
        {
            return 0;
        }

        foreach (var character in value.AsSpan(1, length - 1))
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '.' or '-'))
            {
                return 0;
            }
        }

        return length;
    }
}

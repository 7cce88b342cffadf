namespace CoAgent.Workspace.Files;

/// <summary>Finds lines in UTF-8 bytes; a line ends with a line feed, the last one may go without.</summary>
internal static class TextLines
{
    internal static int Count(ReadOnlySpan<byte> text) =>
        text.Count((byte)'\n') + (text.Length > 0 && text[^1] != (byte)'\n' ? 1 : 0);

    /// <summary>Where the line with the given number, from 1, begins; -1 beyond the end. An empty text has a first line to begin at.</summary>
    internal static int StartOf(ReadOnlySpan<byte> text, int line)
    {
        var start = 0;
        for (var at = 1; at < line; at++)
        {
            var end = text[start..].IndexOf((byte)'\n');
            if (end < 0 || start + end + 1 == text.Length)
            {
                return -1;
            }

            start += end + 1;
        }

        return start;
    }

    /// <summary>How many bytes the first <paramref name="lineCount"/> lines take, line ends included.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> text, int lineCount)
    {
        var length = 0;
        for (var line = 0; line < lineCount && length < text.Length; line++)
        {
            var end = text[length..].IndexOf((byte)'\n');
            length = end < 0 ? text.Length : length + end + 1;
        }

        return length;
    }

    /// <summary>The last place at or before <paramref name="at"/> where no character is torn.</summary>
    internal static int CharacterBoundary(ReadOnlySpan<byte> text, int at)
    {
        while (at > 0 && at < text.Length && (text[at] & 0xC0) == 0x80)
        {
            at--;
        }

        return at;
    }
}

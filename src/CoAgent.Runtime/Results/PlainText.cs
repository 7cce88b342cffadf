using System.Globalization;
using System.Text;

namespace CoAgent.Runtime.Results;

/// <summary>Foreign text as it may stand in a line of ours: on one line, nothing in it that a reader does not see.</summary>
public static class PlainText
{
    /// <summary>The text on one line, cut to a length.</summary>
    /// <remarks>
    /// Control and format characters (line ends, bidirectional marks, what has no width) and halves of surrogate pairs are
    /// written as <c>\u{…}</c>, so that the text can neither end its line nor show itself as something else.
    /// </remarks>
    /// <param name="text">The text.</param>
    /// <param name="charsMax">The most characters of it that are shown; what is cut shows as <c>…</c>.</param>
    public static string OneLine(ReadOnlySpan<char> text, int charsMax)
    {
        var isCut = text.Length > charsMax;
        var shown = isCut ? text[..charsMax] : text;
        var line = new StringBuilder(shown.Length + 8);
        while (!shown.IsEmpty)
        {
            var isWhole = Rune.DecodeFromUtf16(shown, out var rune, out var consumed) == System.Buffers.OperationStatus.Done;
            if (!isWhole)
            {
                // The half that the cut itself has made is no more of the text than what was cut.
                if (!isCut || consumed < shown.Length)
                {
                    AppendEscape(line, shown[0]);
                }
            }
            else if (IsVisible(rune))
            {
                line.Append(shown[..consumed]);
            }
            else
            {
                AppendEscape(line, rune.Value);
            }

            shown = shown[consumed..];
        }

        return isCut ? line.Append('…').ToString() : line.ToString();
    }

    private static bool IsVisible(Rune rune) => rune.Value == '\t' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);

    private static void AppendEscape(StringBuilder line, int value) => line.Append(@"\u{").Append(value.ToString("x")).Append('}');
}

using System.Text;
using CoAgent.Runtime.Results;

namespace CoAgent.Proxy.Notices;

/// <summary>Text that a tool returned, in a block of ours: each line begins with a bar, so that none can pass for ours.</summary>
internal static class Quote
{
    /// <summary>What each quoted line begins with.</summary>
    public const string Bar = "| ";

    /// <summary>A text quoted.</summary>
    /// <param name="text">The text.</param>
    /// <param name="linesMax">The most lines of it that are shown.</param>
    public static string Of(string text, int linesMax) => Of(TextDiff.LinesOf(text), linesMax);

    /// <summary>Lines quoted; each ends with a line end.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="linesMax">The most that are shown; the rest is counted.</param>
    public static string Of(IReadOnlyList<string> lines, int linesMax) => Lines(lines, Bar, linesMax);

    /// <summary>The same without bars, where no line of ours stands beside it.</summary>
    public static string Plain(IReadOnlyList<string> lines) => Lines(lines, "", NoticeLimits.MetaDiffLinesMax);

    private static string Lines(IReadOnlyList<string> lines, string bar, int linesMax)
    {
        var quote = new StringBuilder();
        foreach (var line in lines.Take(linesMax))
        {
            quote.Append(bar).Append(PlainText.OneLine(line.TrimEnd('\r'), NoticeLimits.QuoteLineCharsMax)).Append('\n');
        }

        var rest = lines.Count - linesMax;
        return rest <= 0 ? quote.ToString() : quote.Append(bar).Append($"… {rest} more {(rest == 1 ? "line" : "lines")}\n").ToString();
    }
}

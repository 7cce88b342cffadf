using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.Notices;

/// <summary>Notices as a model reads them: the first text block of a result (mcp.md, "What reaches a model").</summary>
/// <remarks>
/// <code>
/// [coagent 7f3a9c01] n4: your call c12 read_file path="a.txt" returns something else now …
/// | @@ -1 +1 @@                      a line with a bar quotes what a tool returned
/// | -image: geo:bad
/// | +image: geo:good
///   Your later writes: c14 write_file path="b.txt".
/// [coagent 7f3a9c01] What still holds can stay. …
/// </code>
/// Every line is ours and begins with the marker or two blanks, or is foreign and begins with a bar.
/// </remarks>
internal static class NoticeText
{
    /// <summary>The block; empty when there is nothing to tell. Ends with a line end, because some clients join blocks without one.</summary>
    /// <param name="marker">The transaction's marker.</param>
    /// <param name="gate">How a write passes the premise gate.</param>
    /// <param name="isGated">Whether the call that this answers was held back by them.</param>
    /// <param name="notices">The notices.</param>
    public static string Of(NoticeMarker marker, GateMode gate, bool isGated, ImmutableArray<ToldNotice> notices)
    {
        if (notices.IsEmpty)
        {
            return "";
        }

        var end = $"{marker.Text} {HowToGoOn(gate, isGated)}\n";
        var block = new StringBuilder();
        var shown = Math.Min(notices.Length, NoticeLimits.NoticesMax);
        var told = 0;
        for (; told < shown; told++)
        {
            var left = NoticeLimits.BlockCharsMax - block.Length - end.Length - RestCharsMax;
            var share = left / (shown - told);
            var words = Fitting(notices[told], share - marker.Text.Length - 1);
            if (words.Length + marker.Text.Length + 1 > left)
            {
                break;
            }

            block.Append(marker.Text).Append(' ').Append(words);
        }

        if (told < notices.Length)
        {
            block.Append($"{marker.Text} {Count(notices.Length - told, "more notice")}: coagent_status shows all.\n");
        }

        return block.Append(end).ToString();
    }

    /// <summary>The own calls that another own call has changed, as an undo or a call tells them; empty when there are none.</summary>
    /// <param name="marker">The transaction's marker.</param>
    /// <param name="changes">The calls.</param>
    public static string OfChanged(NoticeMarker marker, ImmutableArray<ToldChange> changes)
    {
        var block = new StringBuilder();
        var told = 0;
        foreach (var change in changes.Take(NoticeLimits.NoticesMax))
        {
            var headline = $"{marker.Text} {Headline(change)}\n";
            var difference = NoticeWords.Difference(change.Entry, change.IsOut ? NoticeKind.Displaced : NoticeKind.Stale, NoticeLimits.QuoteLinesMax);
            var room = NoticeLimits.BlockCharsMax - block.Length - RestCharsMax - marker.Text.Length;
            if (headline.Length > room)
            {
                break;
            }

            block.Append(headline).Append(headline.Length + difference.Length <= room ? difference : "");
            told++;
        }

        return told == changes.Length
            ? block.ToString()
            : block.Append($"{marker.Text} {Count(changes.Length - told, "more call")} of yours changed as well.\n").ToString();
    }

    /// <summary>Room for the line that counts the rest.</summary>
    private const int RestCharsMax = 100;

    /// <summary>A notice with as much of its quotes as there is room for.</summary>
    private static string Fitting(ToldNotice notice, int charsMax)
    {
        for (var lines = NoticeLimits.QuoteLinesMax; lines > 2; lines /= 2)
        {
            var words = NoticeWords.Whole(notice, lines);
            if (words.Length <= charsMax)
            {
                return words;
            }
        }

        return NoticeWords.Short(notice);
    }

    private static string Headline(ToldChange change) => change.IsOut
        ? $"your call {NoticeWords.Name(change.Entry)} could not be made anew after that: its effect is out."
        : $"your call {NoticeWords.Name(change.Entry)} returns something else after that.";

    private static string HowToGoOn(GateMode gate, bool isGated)
    {
        const string Repair = "What still holds can stay; the rest can be repaired with ordinary calls or taken back with coagent_undo.";
        var held = isGated ? "The call was not executed. " : "";
        return (gate, isGated) switch
        {
            (GateMode.Acknowledge, _) => $"{held}{Repair} Writes pass once each notice is settled: coagent_resolve (keep, revised, retracted).",
            (GateMode.Reissue or GateMode.Off, true) => $"{held}Made again, it passes. {Repair}",
            (GateMode.Reissue or GateMode.Off, false) => Repair,
            _ => throw new InvalidOperationException($"No gate is in the mode {gate}."),
        };
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}

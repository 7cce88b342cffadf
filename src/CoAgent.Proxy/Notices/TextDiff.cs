using DiffPlex;
using DiffPlex.Model;

namespace CoAgent.Proxy.Notices;

/// <summary>What is different between two texts, as the lines of a unified diff.</summary>
/// <remarks>
/// Only what lies between the first and the last different line is compared, up to a limit: the comparison costs with the
/// square of that. A long line is shown from a little before the place where it differs.
/// </remarks>
internal static class TextDiff
{
    /// <summary>The lines of the diff; none when the texts have the same lines.</summary>
    public static List<string> Lines(string was, string now)
    {
        var (old, other) = (LinesOf(was), LinesOf(now));
        var head = 0;
        while (head < old.Length && head < other.Length && old[head] == other[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < old.Length - head && tail < other.Length - head && old[^(tail + 1)] == other[^(tail + 1)])
        {
            tail++;
        }

        if (head == old.Length && head == other.Length)
        {
            return [];
        }

        head = Math.Max(0, head - NoticeLimits.ContextLinesMax);
        tail = Math.Max(0, tail - NoticeLimits.ContextLinesMax);
        var (oldMiddle, newMiddle) = (old[head..^tail], other[head..^tail]);
        if (oldMiddle.Length == 0 || newMiddle.Length == 0)
        {
            // No lines at all: text without lines is one empty line to the comparison.
            var side = oldMiddle.Length == 0 ? '+' : '-';
            return [$"@@ -{Span(head, oldMiddle.Length)} +{Span(head, newMiddle.Length)} @@", .. oldMiddle.Concat(newMiddle).Select(line => side + line)];
        }

        return Math.Max(oldMiddle.Length, newMiddle.Length) > NoticeLimits.ComparedLinesMax
            ? [$"@@ -{Span(head, oldMiddle.Length)} +{Span(head, newMiddle.Length)} @@", "too much differs to be shown line by line"]
            : Hunks(oldMiddle, newMiddle, head);
    }

    /// <summary>The lines of a text; the end of the last one begins no other.</summary>
    public static string[] LinesOf(string text)
    {
        var lines = text.Split('\n');
        return lines is [.., ""] ? lines[..^1] : lines;
    }

    private static List<string> Hunks(string[] old, string[] other, int offset)
    {
        var diff = new Differ().CreateCustomDiffs(
            string.Join('\n', old), string.Join('\n', other), ignoreWhiteSpace: false, static text => text.Split('\n'));
        var lines = new List<string>();
        for (var first = 0; first < diff.DiffBlocks.Count;)
        {
            var last = first;
            while (last + 1 < diff.DiffBlocks.Count
                && diff.DiffBlocks[last + 1].DeleteStartA - EndOf(diff.DiffBlocks[last]) <= 2 * NoticeLimits.ContextLinesMax)
            {
                last++;
            }

            AddHunk(lines, old, other, [.. diff.DiffBlocks.Skip(first).Take(last - first + 1)], offset);
            first = last + 1;
        }

        return lines;
    }

    private static void AddHunk(List<string> lines, string[] old, string[] other, DiffBlock[] blocks, int offset)
    {
        var lead = Math.Min(NoticeLimits.ContextLinesMax, blocks[0].DeleteStartA);
        var trail = Math.Min(NoticeLimits.ContextLinesMax, old.Length - EndOf(blocks[^1]));
        var (from, to) = (blocks[0].DeleteStartA - lead, EndOf(blocks[^1]) + trail);
        var newFrom = blocks[0].InsertStartB - lead;
        var newTo = blocks[^1].InsertStartB + blocks[^1].InsertCountB + trail;
        lines.Add($"@@ -{Span(offset + from, to - from)} +{Span(offset + newFrom, newTo - newFrom)} @@");
        var at = from;
        foreach (var block in blocks)
        {
            lines.AddRange(old[at..block.DeleteStartA].Select(static line => $" {line}"));
            AddBlock(
                lines,
                old.AsSpan(block.DeleteStartA, block.DeleteCountA),
                other.AsSpan(block.InsertStartB, block.InsertCountB));
            at = EndOf(block);
        }

        lines.AddRange(old[at..to].Select(static line => $" {line}"));
    }

    private static void AddBlock(List<string> lines, ReadOnlySpan<string> deleted, ReadOnlySpan<string> inserted)
    {
        for (var i = 0; i < deleted.Length; i++)
        {
            lines.Add("-" + FromDifference(deleted[i], i < inserted.Length ? inserted[i] : ""));
        }

        for (var i = 0; i < inserted.Length; i++)
        {
            lines.Add("+" + FromDifference(inserted[i], i < deleted.Length ? deleted[i] : ""));
        }
    }

    /// <summary>A line that is too long to be shown whole, from a little before where it differs from another.</summary>
    private static string FromDifference(string line, string other)
    {
        var start = line.AsSpan().CommonPrefixLength(other) - NoticeLimits.LineLeadCharsMax;
        return line.Length > NoticeLimits.QuoteLineCharsMax && start > 0 ? string.Concat("…", line.AsSpan(start)) : line;
    }

    private static int EndOf(DiffBlock block) => block.DeleteStartA + block.DeleteCountA;

    // A unified diff counts lines from 1, and names the line before a place that has none.
    private static string Span(int from, int count) => count == 1 ? $"{from + 1}" : $"{(count == 0 ? from : from + 1)},{count}";
}

using System.Text;

namespace CoAgent.Benchmarks.Reports;

/// <summary>
/// A table that reads well as text and as Markdown: the first column to the left, figures to the right.
/// </summary>
internal sealed class MarkdownTable(params string[] headings)
{
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells) => rows.Add(cells);

    public override string ToString()
    {
        int[] widths =
        [
            .. headings.Select((heading, column) =>
                rows.Select(row => row[column].Length).Append(heading.Length).Max()),
        ];
        var text = new StringBuilder();
        Append(text, headings, widths);
        text.Append("|-").Append('-', widths[0]).Append("-|");
        foreach (var width in widths[1..])
        {
            text.Append('-', width + 1).Append(":|");
        }

        text.AppendLine();
        rows.ForEach(row => Append(text, row, widths));
        return text.ToString();
    }

    private static void Append(StringBuilder text, string[] cells, int[] widths)
    {
        text.Append("| ").Append(cells[0].PadRight(widths[0])).Append(" |");
        for (var column = 1; column < cells.Length; column++)
        {
            text.Append(' ').Append(cells[column].PadLeft(widths[column])).Append(" |");
        }

        text.AppendLine();
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using CoAgent.Benchmarks.Reports;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>The figures in tables: the median of the rounds, and in brackets the middle half of them.</summary>
internal sealed class CoordinationReport(Figures figures)
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static void WriteJson(string path, Figures figures, CoordinationPace pace) => File.WriteAllText(path, JsonSerializer.Serialize(
        new
        {
            runtime = RuntimeInformation.FrameworkDescription,
            processors = Environment.ProcessorCount,
            pace,
            figures = figures.All.Select(static figure => new { figure.Part, figure.Row, figure.Name, figure.Rounds }),
        },
        Options));

    public void Write(TextWriter output)
    {
        WriteClients(output, Clients.Reads);
        WriteClients(output, Clients.Writes);
        var parts = figures.All.Select(static figure => figure.Part).Distinct();
        foreach (var part in parts.Where(static part => part.StartsWith(Clients.Replay, StringComparison.Ordinal)))
        {
            WriteReplay(output, part, Clients.Direct, Clients.First, Clients.Late);
        }

        WriteInside(output);
        WriteWriters(output);
        WriteReplay(output, Inside.Replay, Inside.First, Inside.Late);
    }

    private void WriteClients(TextWriter output, string part)
    {
        if (!IsMeasured(part))
        {
            return;
        }

        var table = new MarkdownTable(part, Names.Median, Names.P95, "over a bare relay", "over coagent, none");
        foreach (var row in figures.All.Where(figure => figure.Part == part).Select(static figure => figure.Row).Distinct())
        {
            table.Add(
                row,
                Figures.Shown(figures.Of(part, row, Names.Median)),
                Figures.Shown(figures.Of(part, row, Names.P95)),
                Figures.Shown(figures.Differences(part, row, CoordinationRows.Floor, Names.Median)),
                Figures.Shown(figures.Differences(part, row, CoordinationRows.None, Names.Median)));
        }

        output.WriteLine(table);
    }

    private void WriteInside(TextWriter output)
    {
        if (!IsMeasured(Inside.Calls))
        {
            return;
        }

        var table = new MarkdownTable("coordinator and journal alone", Names.Median, Names.P95, Names.Bytes);
        foreach (var row in new[] { Inside.Read, Inside.WriteForProcess, Inside.WriteForDisk, Inside.Bare })
        {
            Add(table, Inside.Calls, row, Names.Median, Names.P95, Names.Bytes);
        }

        output.WriteLine(table);
    }

    private void WriteWriters(TextWriter output)
    {
        if (!IsMeasured(Inside.Writers))
        {
            return;
        }

        var table = new MarkdownTable("writers at a time", Names.Flushes, Names.PerSecond, Names.Median, Names.P95);
        foreach (var row in figures.All.Where(static figure => figure.Part == Inside.Writers).Select(static figure => figure.Row).Distinct())
        {
            table.Add(
                row,
                Figures.Shown(figures.Of(Inside.Writers, row, Names.Flushes), "0.000"),
                Figures.Shown(figures.Of(Inside.Writers, row, Names.PerSecond), "N0"),
                Figures.Shown(figures.Of(Inside.Writers, row, Names.Median), "N0"),
                Figures.Shown(figures.Of(Inside.Writers, row, Names.P95), "N0"));
        }

        output.WriteLine(table);
    }

    private void WriteReplay(TextWriter output, string part, params string[] rows)
    {
        if (!IsMeasured(part))
        {
            return;
        }

        var table = new MarkdownTable(part, "µs by call", $"x {rows[0]}");
        foreach (var row in rows)
        {
            table.Add(
                row, Figures.Shown(figures.Of(part, row, Names.Median)), Figures.Shown(figures.Ratios(part, row, rows[0], Names.Median), "0.00"));
        }

        output.WriteLine(table);
    }

    private bool IsMeasured(string part) => figures.All.Any(figure => figure.Part == part);

    private void Add(MarkdownTable table, string part, string row, params string[] names) =>
        table.Add([row, .. names.Select(name => Figures.Shown(figures.Of(part, row, name), name == Names.Bytes ? "N0" : "N1"))]);
}

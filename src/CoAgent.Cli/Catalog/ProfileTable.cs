using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Cli.Catalog;

/// <summary>The table in a profile's README: what each tool does, how it is taken back, what it cannot promise.</summary>
internal static class ProfileTable
{
    /// <summary>The file that has it.</summary>
    public const string FileName = "README.md";

    private const string Begin = "<!-- table: written by `coagent catalog table` -->";
    private const string End = "<!-- /table -->";

    /// <summary>The file with the table of today between its markers; without markers at its end.</summary>
    /// <param name="before">The file; null where there is none.</param>
    /// <param name="profile">The profile.</param>
    public static string Into(string? before, CatalogedProfile profile)
    {
        var table = $"{Begin}\n\n{Markdown(RowsOf(profile))}\n{End}";
        if (before is null)
        {
            return $"# {profile.Name}\n\n{(profile.Manifest.Description is { } description ? description + "\n\n" : "")}{table}\n";
        }

        var begin = before.IndexOf(Begin, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : before.IndexOf(End, begin, StringComparison.Ordinal);
        return end < 0
            ? $"{before.TrimEnd()}\n\n{table}\n"
            : $"{before[..begin]}{table}{before[(end + End.Length)..]}";
    }

    /// <summary>A row for each tool.</summary>
    public static ImmutableArray<TableRow> RowsOf(CatalogedProfile profile) =>
        [.. profile.Tools.Values.Select(static tool => RowOf(tool.Manifest))];

    private static TableRow RowOf(ToolManifest manifest) => new(
        manifest.Tool, CatalogWords.Of(manifest.Effect), ClassOf(manifest), InverseOf(manifest), manifest.Cannot ?? "");

    private static string ClassOf(ToolManifest manifest) => manifest.Effect is ToolEffect.Read or ToolEffect.LiveRead
        ? ""
        : (manifest.Write == WriteKind.Blind ? "blind" : "rmw") + (manifest.IsReplaySafe ? "" : ", not replayed");

    private static string InverseOf(ToolManifest manifest) => manifest switch
    {
        { Effect: ToolEffect.Read or ToolEffect.LiveRead } => "",
        { Effect: ToolEffect.Irreversible } => "none",
        { State: { } state } => $"captured and restored ({state})",
        { Reverse.Steps: { IsEmpty: false } steps } => string.Join(", ", steps.Select(WordsOf).Distinct())
            + (manifest.Reverse.Guard.IsEmpty ? "" : "; guarded"),
        _ => "nothing to do",
    };

    private static string WordsOf(Step step) => step switch
    {
        Step.Call call => $"`{call.Tool}`",
        Step.Run run => $"`{string.Join(' ', run.Arguments.Take(2).Select(static argument => argument.Source))}`",
        Step.Script => "script",
        _ => throw new InvalidOperationException("A step is run, script or call."),
    };

    private static string Markdown(ImmutableArray<TableRow> rows)
    {
        var text = new StringBuilder("| tool | effect | class | inverse | cannot promise |\n|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            text.Append($"| `{Cell(row.Tool)}` | {row.Effect} | {row.Class} | {Cell(row.Inverse)} | {Cell(row.Cannot)} |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Trim();
}

/// <summary>One tool of the table.</summary>
internal sealed record TableRow(string Tool, string Effect, string Class, string Inverse, string Cannot);

/// <summary>What <c>coagent catalog table --json</c> prints.</summary>
internal sealed record TableReport(string File, bool IsChanged, ImmutableArray<TableRow> Rows);

using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace CoAgent.Trials.Commands;

/// <summary>What the corpus has shown, by category.</summary>
internal static class CommandTable
{
    /// <summary>The share of harmless lines that may be opaque.</summary>
    public const double OpaqueShareMax = 0.10;

    /// <summary>The share of lines that are opaque, among those that are not dangerous and talk to nobody.</summary>
    public static double OpaqueShare(IEnumerable<LineResult> results)
    {
        var harmless = results.Where(static result => !result.Line.IsDangerous && !result.Line.IsNetwork).ToList();
        return harmless.Count == 0 ? 0 : harmless.Count(static result => result.Taking == LineTaking.Opaque) / (double)harmless.Count;
    }

    /// <summary>The table.</summary>
    public static string Of(ImmutableArray<LineResult> results, TimeSpan elapsed)
    {
        var text = new StringBuilder("""
            Command lines against plain bash: each run on a fresh copy, then made as the coordinator makes it
            (undone: taken back exactly, and made again the same; idle: declared as written, and plain bash did not write it)
              category       lines  known unseen opaque  declared   idle  undone  faults

            """);
        foreach (var category in results.GroupBy(static result => result.Line.Category))
        {
            AddRow(text, category.Key, [.. category]);
        }

        AddRow(text, "all", results);
        text.Append(CultureInfo.InvariantCulture,
            $"  {OpaqueShare(results):P1} of the harmless are opaque (at most {OpaqueShareMax:P0}); {elapsed.TotalSeconds:F0} s\n");
        return text.ToString();
    }

    private static void AddRow(StringBuilder text, string name, IReadOnlyCollection<LineResult> results)
    {
        var (declared, idle) = (results.Sum(static result => result.DeclaredCount), results.Sum(static result => result.IdleCount));
        text.Append(CultureInfo.InvariantCulture,
            $"  {name,-14} {results.Count,5}  {Count(LineTaking.Known),5} {Count(LineTaking.Unseen),6} {Count(LineTaking.Opaque),6}  {declared,8}  {Share(idle, declared),5}  {results.Count(static result => result.WasUndone),6}  {results.Count(static result => !result.Faults.IsEmpty),6}\n");

        int Count(LineTaking taking) => results.Count(result => result.Taking == taking);
    }

    private static string Share(int part, int whole) =>
        whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:F0} %");
}

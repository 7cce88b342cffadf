using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Rules;

namespace CoAgent.Tests.ToolSmith.Rules;

/// <summary>What is known of a line, short enough to be read beside it: <c>r</c> what it reads, <c>w</c> what it writes, below the root.</summary>
internal static class AnalysisText
{
    private static readonly CommandAnalyst s_analyst = new();

    /// <summary>The tree in which the tables' lines run.</summary>
    internal static PaperTree Tree { get; } = new(
        "a", "b", "c.txt", "d.txt", "dir/e", "dir/sub/f", "empty/", "link->a", "away->/etc/x", "dirlink->dir", "x.py", "y.py", "-n");

    internal static ShellLine Line(string text) => new(text, "/w", new Dictionary<string, string>
    {
        ["HOME"] = "/home/u",
        ["PATH"] = "/usr/bin:/bin",
        ["TMPDIR"] = "/tmp/scratch",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal));

    internal static string Of(string line) => Of(line, Tree);

    internal static string Of(string line, PaperTree tree) => s_analyst.Analyse(Line(line), tree) switch
    {
        CommandAnalysis.Known known => Known(known),
        CommandAnalysis.Unseen unseen => unseen.Fetches ? "unseen, fetches" : "unseen",
        CommandAnalysis.Opaque => "opaque",
        var other => throw new InvalidOperationException($"{other}"),
    };

    private static string Known(CommandAnalysis.Known known)
    {
        var words = new List<string>();
        Add(words, "r", known.Touched.Reads);
        Add(words, "w", known.Touched.Writes);
        words.AddRange(known.IsLive ? ["live"] : []);
        words.AddRange(known.NeedsNetwork ? ["network"] : []);
        words.AddRange(known.IsIrreversible ? ["irreversible"] : []);
        words.AddRange(known.Effects.Select(static effect => $"{effect.Manifest}{System.Text.Encoding.UTF8.GetString(effect.ArgumentsUtf8.Span)}"));
        return words.Count == 0 ? "nothing" : string.Join("; ", words);
    }

    private static void Add(List<string> words, string sign, ImmutableArray<ObjectPattern> patterns)
    {
        if (!patterns.IsEmpty)
        {
            words.Add(sign + " " + string.Join(' ', patterns.Select(static pattern =>
                pattern.ToString() is "file:/w" ? "." : pattern.ToString().Replace("file:/w/", "", StringComparison.Ordinal))));
        }
    }
}

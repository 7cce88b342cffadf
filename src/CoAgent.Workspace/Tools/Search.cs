using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Answers the lines that match a regular expression.</summary>
/// <remarks>
/// The expression is matched without backtracking, in time proportional to the text: no expression can hang a call, and none is cut short by a
/// clock, which would make answers differ from run to run.
/// </remarks>
internal static class Search
{
    private const int BinaryProbeBytes = 8192;

    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "search",
            "Search text",
            "Search text files line by line with a regular expression. Answers path:line:text; .git is left out unless named.",
            [
                ToolParameter.Text("pattern", "Regular expression; no lookaround, no backreferences. (?i) ignores case."),
                ToolParameter.OptionalText("path", "File or directory to search, relative to the workspace root; all by default."),
            ],
            ToolHints.Reads),
        Run,
        Bind);

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var expression = Compile(arguments.Text("pattern"), tree.Limits.PatternCharactersMax);
        var start = tree.Root.Resolve(arguments.OptionalText("path") ?? ".");
        var shown = System.IO.Path.GetRelativePath(tree.Root.Path, start.Absolute) is var relative and not "." ? relative : "";
        if (start.Kind != FileKind.Directory)
        {
            return SearchFile(tree, start.Given, shown, expression);
        }

        var lines = new BoundedLines(tree.Limits.AnswerBytesMax);
        var walk = new TreeWalk(tree.Files, start.Absolute, shown) { SkipGit = !shown.Split('/').Contains(".git") };
        var skipped = new List<string>();
        foreach (var entry in walk.Files(cancellationToken).Where(entry => tree.Files.KindOf(entry.Absolute) == FileKind.File))
        {
            if (Read(tree, entry, skipped) is { } text && !AddMatches(lines, entry.Shown, text, expression, tree.Limits))
            {
                lines.Remark($"cut: the first {lines.Count} matching lines; a narrower pattern or path shows the others");
                break;
            }
        }

        if (skipped.Count > 0)
        {
            lines.Remark($"too large or not readable, not searched: {string.Join(", ", skipped)}");
        }

        return ToolAnswer.Done(FindFiles.WithUnreadable(lines, walk));
    }

    private static ToolAnswer SearchFile(FileTree tree, string given, string shown, Regex expression)
    {
        var file = tree.RequireFile(given);
        if (AsText(tree.ReadBytes(file)) is not { } text)
        {
            return ToolAnswer.Failed($"{given} is not UTF-8 text; use bash (grep -a, strings) on it.");
        }

        var lines = new BoundedLines(tree.Limits.AnswerBytesMax);
        if (!AddMatches(lines, shown, text, expression, tree.Limits))
        {
            lines.Remark($"cut: the first {lines.Count} matching lines; a narrower pattern shows the others");
        }

        return ToolAnswer.Done(lines.Finish());
    }

    private static string? Read(FileTree tree, WalkedEntry entry, List<string> skipped)
    {
        try
        {
            if (tree.ReadUpToLimit(entry.Absolute) is { } bytes)
            {
                return AsText(bytes);
            }
        }
        catch (FileNotFoundException)
        {
            // Removed since it was listed: nothing in it matches any more.
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            // Told with the files that are too large.
        }

        skipped.Add(entry.Shown);
        return null;
    }

    private static string? AsText(ReadOnlySpan<byte> bytes) =>
        bytes[..Math.Min(bytes.Length, BinaryProbeBytes)].Contains((byte)0) || !Utf8.IsValid(bytes)
            ? null
            : Encoding.UTF8.GetString(bytes);

    private static bool AddMatches(BoundedLines lines, string shown, string text, Regex expression, WorkspaceLimits limits)
    {
        var number = 0;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            number++;
            var end = rest.IndexOf('\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (line.EndsWith('\r'))
            {
                line = line[..^1];
            }

            if (expression.IsMatch(line) && !lines.TryAdd($"{shown}:{number}:{Shorten(line, limits.MatchCharactersMax)}"))
            {
                return false;
            }
        }

        return true;
    }

    private static string Shorten(ReadOnlySpan<char> line, int charactersMax)
    {
        if (line.Length <= charactersMax)
        {
            return line.ToString();
        }

        var kept = char.IsHighSurrogate(line[charactersMax - 1]) ? charactersMax - 1 : charactersMax;
        return string.Concat(line[..kept], " [cut]");
    }

    private static Regex Compile(string pattern, int charactersMax)
    {
        if (pattern.Length > charactersMax)
        {
            throw new CallRefusedException($"The pattern is longer than {charactersMax} characters.");
        }

        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (RegexParseException fault)
        {
            throw new CallRefusedException($"The pattern is not a regular expression: {fault.Message}");
        }
        catch (NotSupportedException)
        {
            throw new CallRefusedException("The pattern uses lookaround, a backreference or a very large repetition, which search does not take.");
        }
    }

    // A search reads everything that it looks through, not only the lines that matched.
    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var start = root.Resolve(arguments.OptionalText("path") ?? ".");
        return Footprint.Read([FootprintParts.Whole(start), .. FootprintParts.WayTo(root, start)]);
    }
}

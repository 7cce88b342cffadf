using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Answers the paths of the files whose names match a pattern.</summary>
internal static class FindFiles
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "find_files",
            "Find files",
            "Find files by name. Answers sorted paths; .git is left out unless named.",
            [
                ToolParameter.Text(
                    "pattern", "Pattern for the path: ** any directories, * and ? within a name, {a,b} either; such as src/**/*.cs."),
            ],
            ToolHints.Reads),
        Run,
        Bind);

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var (pattern, start) = Parse(tree.Root, arguments, tree.Limits.PatternCharactersMax);
        var lines = new BoundedLines(tree.Limits.AnswerBytesMax);
        if (start.Kind != FileKind.Directory)
        {
            return ToolAnswer.Done(lines.Finish());
        }

        var walk = new TreeWalk(tree.Files, start.Absolute, pattern.Base) { DepthMax = pattern.DepthMax, SkipGit = !pattern.NamesGit };
        foreach (var entry in walk.Files(cancellationToken))
        {
            if (pattern.Matches(entry.Shown) && !lines.TryAdd(entry.Shown))
            {
                lines.Remark($"cut: the first {lines.Count} paths; a narrower pattern shows the others");
                break;
            }
        }

        return ToolAnswer.Done(WithUnreadable(lines, walk));
    }

    internal static string WithUnreadable(BoundedLines lines, TreeWalk walk)
    {
        if (walk.Unreadable.Count > 0)
        {
            lines.Remark($"permission denied, not looked into: {string.Join(", ", walk.Unreadable)}");
        }

        return lines.Finish();
    }

    private static (GlobPattern Pattern, WorkspacePath Start) Parse(WorkspaceRoot root, ToolArguments arguments, int charactersMax)
    {
        var text = arguments.Text("pattern");
        if (text.Length > charactersMax)
        {
            throw new CallRefusedException($"The pattern is longer than {charactersMax} characters.");
        }

        var pattern = GlobPattern.Parse(text);
        return (pattern, root.Resolve(pattern.Base.Length == 0 ? "." : pattern.Base));
    }

    // Which names match depends on every listing that is looked at, not on the names that did.
    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var (pattern, start) = Parse(root, arguments, int.MaxValue);
        var links = FootprintParts.WayTo(root, start);
        return pattern.DepthMax == 1
            ? Footprint.Read([ObjectIds.Listing(start.Absolute), ObjectIds.Node(start.Absolute), .. links])
            : Footprint.Read([ObjectIds.Subtree(start.Absolute), .. links]);
    }
}

using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Gives a file, a link or a directory another name.</summary>
internal static class MoveFile
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "move_file",
            "Move file",
            "Move or rename a file or a directory. Fails if the destination exists; missing directories are created.",
            [
                ToolParameter.Text("from", "Path relative to the workspace root."),
                ToolParameter.Text("to", "The new path, not the directory to move into."),
            ],
            new ToolHints(ReadOnly: false, Destructive: false, Idempotent: false, OpenWorld: false)),
        Run,
        Bind)
    {
        Foresee = Foresee,
    };

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var from = tree.Root.ResolveMovableEntry(arguments.Text("from"));
        var to = tree.Root.ResolveEntry(arguments.Text("to"));
        RequireMovable(from, to);
        FileTree.RequireFree(to.Absolute, to.Given);
        FileTree.MakeDirectories(to.Parent, to.Given);
        FileTree.Rename(from.Absolute, to.Absolute, to.Given);
        return ToolAnswer.Done($"moved {from.Given} to {to.Given}");
    }

    private static void RequireMovable(WorkspacePath from, WorkspacePath to)
    {
        if (from.Kind == FileKind.Absent)
        {
            throw new CallRefusedException($"{from.Given} does not exist; nothing was moved.");
        }

        if (from.Kind == FileKind.Directory)
        {
            RequireOutside(from, to);
            FileTree.RequireNoState(from);
        }
    }

    /// <summary>Refuses to put a directory into itself.</summary>
    internal static void RequireOutside(WorkspacePath from, WorkspacePath to)
    {
        if (to.Absolute.StartsWith(PathWalk.Join(from.Absolute, ""), StringComparison.Ordinal))
        {
            throw new CallRefusedException($"{to.Given} is inside {from.Given}; a directory cannot be put into itself.");
        }
    }

    private static Dictionary<string, Expectation> Foresee(FileTree tree, ToolArguments arguments)
    {
        var from = tree.Root.ResolveMovableEntry(arguments.Text("from"));
        var to = tree.Root.ResolveEntry(arguments.Text("to"));
        RequireMovable(from, to);
        FileTree.RequireFree(to.Absolute, to.Given);
        return new Dictionary<string, Expectation>
        {
            [from.Absolute] = Expectation.Gone,
            [to.Absolute] = new Expectation.SameAs(from.Absolute),
        };
    }

    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var from = root.ResolveMovableEntry(arguments.Text("from"));
        var to = root.ResolveEntry(arguments.Text("to"));
        var arriving = from.Kind == FileKind.Directory ? ObjectIds.Subtree(to.Absolute) : ObjectIds.Node(to.Absolute);
        return Footprint.ReadModifyWrite(
            [.. FootprintParts.WayTo(root, from), .. FootprintParts.LinksOf(to)],
            [FootprintParts.Whole(from), ObjectIds.Listing(from.Parent), .. FootprintParts.Appearing(root, to, arriving)]);
    }
}

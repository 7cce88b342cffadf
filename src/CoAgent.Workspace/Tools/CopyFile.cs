using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Copies a file or a directory with all that is in it. A link is copied as what it leads to; links inside a directory stay links.</summary>
internal static class CopyFile
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "copy_file",
            "Copy file",
            "Copy a file or a whole directory. Fails if the destination exists; missing directories are created.",
            [
                ToolParameter.Text("from", "Path relative to the workspace root."),
                ToolParameter.Text("to", "Path of the copy, not the directory to copy into."),
            ],
            new ToolHints(ReadOnly: false, Destructive: false, Idempotent: false, OpenWorld: false)),
        Run,
        Bind)
    {
        Foresee = Foresee,
    };

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var from = tree.Root.Resolve(arguments.Text("from"));
        var to = tree.Root.ResolveEntry(arguments.Text("to"));
        switch (from.Kind)
        {
            case FileKind.Absent:
                return ToolAnswer.Failed($"{from.Given} does not exist; nothing was copied.");
            case FileKind.Directory:
                MoveFile.RequireOutside(from, to);
                FileTree.RequireNoState(from);
                break;
        }

        FileTree.RequireFree(to.Absolute, to.Given);
        TreeCopy.Copy(from, to, cancellationToken);
        return ToolAnswer.Done($"copied {from.Given} to {to.Given}");
    }

    private static IReadOnlyDictionary<string, Expectation> Foresee(FileTree tree, ToolArguments arguments)
    {
        var from = tree.Root.Resolve(arguments.Text("from"));
        var to = tree.Root.ResolveEntry(arguments.Text("to"));
        return from.Kind == FileKind.Absent || to.Kind != FileKind.Absent
            ? WorkspaceTool.Nothing
            : new Dictionary<string, Expectation> { [to.Absolute] = new Expectation.Something() };
    }

    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var from = root.Resolve(arguments.Text("from"));
        var to = root.ResolveEntry(arguments.Text("to"));
        var arriving = from.Kind == FileKind.Directory ? ObjectIds.Subtree(to.Absolute) : ObjectIds.Node(to.Absolute);
        return Footprint.ReadModifyWrite(
            [FootprintParts.Whole(from), .. FootprintParts.WayTo(root, from), .. FootprintParts.LinksOf(to)],
            [.. FootprintParts.Appearing(root, to, arriving)]);
    }
}

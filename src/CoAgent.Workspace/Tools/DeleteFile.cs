using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Removes a file, a link (never what it leads to) or a directory.</summary>
internal static class DeleteFile
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "delete_file",
            "Delete file",
            "Delete a file or a link; with recursive also a directory and all that is in it.",
            [
                ToolParameter.Text("path", "Path relative to the workspace root."),
                ToolParameter.OptionalFlag("recursive", "Needed for directories."),
            ],
            new ToolHints(ReadOnly: false, Destructive: true, Idempotent: false, OpenWorld: false)),
        Run,
        Bind)
    {
        Foresee = Foresee,
    };

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var entry = tree.Root.ResolveMovableEntry(arguments.Text("path"));
        switch (entry.Kind)
        {
            case FileKind.Absent:
                return ToolAnswer.Failed($"{entry.Given} does not exist; nothing was deleted.");
            case FileKind.Directory when !arguments.Flag("recursive"):
                return ToolAnswer.Failed($"{entry.Given} is a directory; set recursive to delete it with all that is in it.");
            case FileKind.Directory:
                FileTree.RequireNoState(entry);
                Directory.Delete(entry.Absolute, recursive: true);
                break;
            default:
                File.Delete(entry.Absolute);
                break;
        }

        return ToolAnswer.Done($"deleted {entry.Given}");
    }

    private static IReadOnlyDictionary<string, Expectation> Foresee(FileTree tree, ToolArguments arguments)
    {
        var entry = tree.Root.ResolveMovableEntry(arguments.Text("path"));
        return entry.Kind == FileKind.Absent || (entry.Kind == FileKind.Directory && !arguments.Flag("recursive"))
            ? WorkspaceTool.Nothing
            : new Dictionary<string, Expectation> { [entry.Absolute] = Expectation.Gone };
    }

    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var entry = root.ResolveMovableEntry(arguments.Text("path"));
        return Footprint.ReadModifyWrite(
            FootprintParts.WayTo(root, entry), [FootprintParts.Whole(entry), ObjectIds.Listing(entry.Parent)]);
    }
}

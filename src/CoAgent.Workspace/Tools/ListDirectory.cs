using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Answers the names in a directory.</summary>
internal static class ListDirectory
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "list_directory",
            "List directory",
            "List the names in a directory, one a line; directories end with '/'.",
            [ToolParameter.Text("path", "Path of the directory, relative to the workspace root; '.' is the root.")],
            ToolHints.Reads),
        Run,
        Bind);

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var directory = tree.RequireDirectory(arguments.Text("path"));
        var entries = tree.Files.List(directory.Absolute);
        var lines = new BoundedLines(tree.Limits.AnswerBytesMax);
        if (!entries.TrueForAll(entry => lines.TryAdd(entry.Shown)))
        {
            lines.Remark($"cut: {lines.Count} of {entries.Count} names; find_files with a narrower pattern shows the others");
        }

        return ToolAnswer.Done(lines.Finish());
    }

    // The directory itself is read too: that it is there at all is part of the answer.
    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var directory = root.Resolve(arguments.Text("path"));
        return Footprint.Read(
            [ObjectIds.Listing(directory.Absolute), ObjectIds.Node(directory.Absolute), .. FootprintParts.WayTo(root, directory)]);
    }
}

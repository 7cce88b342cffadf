using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Makes sure that a directory is there. Blind: the answer does not tell whether it was there before.</summary>
internal static class CreateDirectory
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "create_directory",
            "Create directory",
            "Make sure that a directory exists, with those above it.",
            [ToolParameter.Text("path", "Path of the directory, relative to the workspace root.")],
            new ToolHints(ReadOnly: false, Destructive: false, Idempotent: true, OpenWorld: false)),
        Run,
        Bind)
    {
        Foresee = Foresee,
    };

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var directory = tree.Root.Resolve(arguments.Text("path"));
        if (directory.Kind is not (FileKind.Directory or FileKind.Absent))
        {
            return ToolAnswer.Failed($"{directory.Given} is a file; choose another name.");
        }

        FileTree.MakeDirectories(directory.Absolute, directory.Given);
        return ToolAnswer.Done($"{directory.Given} is there");
    }

    private static IReadOnlyDictionary<string, Expectation> Foresee(FileTree tree, ToolArguments arguments)
    {
        var directory = tree.Root.Resolve(arguments.Text("path"));
        return directory.Kind == FileKind.Absent
            ? new Dictionary<string, Expectation> { [directory.Absolute] = new Expectation.AnyFolder() }
            : WorkspaceTool.Nothing;
    }

    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var directory = root.Resolve(arguments.Text("path"));
        return Footprint.Write(
            FootprintParts.LinksOf(directory), FootprintParts.Appearing(root, directory, ObjectIds.Node(directory.Absolute)));
    }
}

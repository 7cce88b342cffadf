using System.Text;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>Gives a file a whole new content. Blind: neither effect nor answer depends on what was there.</summary>
internal static class WriteFile
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.OnFiles(
        new ToolDefinition(
            "write_file",
            "Write file",
            "Create a file or replace its whole content. Missing directories are created.",
            [
                ToolParameter.Text("path", "Path of the file, relative to the workspace root."),
                ToolParameter.Text("content", "The whole new content."),
            ],
            new ToolHints(ReadOnly: false, Destructive: true, Idempotent: true, OpenWorld: false)),
        Run,
        Bind)
    {
        Foresee = Foresee,
    };

    private static ToolAnswer Run(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var file = tree.Root.Resolve(arguments.Text("path"));
        if (file.Kind == FileKind.Directory)
        {
            return ToolAnswer.Failed($"{file.Given} is a directory; name a file in it.");
        }

        var content = Encoding.UTF8.GetBytes(arguments.Text("content"));
        FileTree.Replace(file, content);
        return ToolAnswer.Done($"wrote {content.Length} bytes to {file.Given}");
    }

    private static IReadOnlyDictionary<string, Expectation> Foresee(FileTree tree, ToolArguments arguments)
    {
        var file = tree.Root.Resolve(arguments.Text("path"));
        return file.Kind is FileKind.File or FileKind.Absent
            ? new Dictionary<string, Expectation>
            {
                [file.Absolute] = Expectation.FileOf.Bytes(Encoding.UTF8.GetBytes(arguments.Text("content"))),
            }
            : WorkspaceTool.Nothing;
    }

    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var file = root.Resolve(arguments.Text("path"));
        return Footprint.Write(FootprintParts.LinksOf(file), FootprintParts.Appearing(root, file, ObjectIds.Node(file.Absolute)));
    }
}

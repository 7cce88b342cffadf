using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Tools;

/// <summary>What a file tool does, as a function of the tree and its arguments.</summary>
internal delegate ToolAnswer FileOperation(FileTree tree, ToolArguments arguments, CancellationToken cancellationToken);

/// <summary>What a call will read and write.</summary>
internal delegate Footprint FootprintBinding(WorkspaceRoot root, ToolArguments arguments);

/// <summary>What a call that succeeds will leave, by canonical path; objects that it does not name it leaves as they are.</summary>
internal delegate IReadOnlyDictionary<string, Expectation> Foresight(FileTree tree, ToolArguments arguments);

/// <summary>One tool of the workspace server.</summary>
internal abstract record WorkspaceTool(ToolDefinition Definition, FootprintBinding Bind)
{
    /// <summary>What a call leaves that will fail.</summary>
    internal static IReadOnlyDictionary<string, Expectation> Nothing { get; } = new Dictionary<string, Expectation>();

    /// <summary>A tool that works on files.</summary>
    internal sealed record OnFiles(ToolDefinition Definition, FileOperation Run, FootprintBinding Bind)
        : WorkspaceTool(Definition, Bind)
    {
        /// <summary>Tells what a write will leave; may refuse as the call itself would.</summary>
        internal Foresight Foresee { get; init; } = static (_, _) => Nothing;
    }

    /// <summary>The tool that runs commands.</summary>
    internal sealed record Command(ToolDefinition Definition, FootprintBinding Bind)
        : WorkspaceTool(Definition, Bind);
}

/// <summary>Footprints that several tools share.</summary>
internal static class FootprintParts
{
    internal static IEnumerable<string> LinksOf(WorkspacePath path) => path.Links.Select(ObjectIds.Node);

    /// <summary>The same, and the directories that are missing on the way: a link that comes to be there leads somewhere else.</summary>
    internal static IEnumerable<string> WayTo(WorkspaceRoot root, WorkspacePath path)
    {
        foreach (var link in LinksOf(path))
        {
            yield return link;
        }

        for (var at = path.Parent; path.Kind == FileKind.Absent && root.Files.KindOf(at) == FileKind.Absent; at = PathWalk.ParentOf(at))
        {
            yield return ObjectIds.Node(at);
        }
    }

    internal static string Whole(WorkspacePath path) =>
        path.Kind == FileKind.Directory ? ObjectIds.Subtree(path.Absolute) : ObjectIds.Node(path.Absolute);

    /// <summary>What is written when <paramref name="own"/> comes to be at a path: directories made on the way are new children too.</summary>
    internal static IEnumerable<string> Appearing(WorkspaceRoot root, WorkspacePath path, string own)
    {
        yield return own;
        var (at, kind) = (path.Absolute, path.Kind);
        while (kind == FileKind.Absent)
        {
            at = PathWalk.ParentOf(at);
            kind = root.Files.KindOf(at);
            yield return ObjectIds.Listing(at);
            if (kind == FileKind.Absent)
            {
                yield return ObjectIds.Node(at);
            }
        }
    }
}

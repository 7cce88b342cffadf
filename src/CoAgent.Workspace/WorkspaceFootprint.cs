using System.Text.Json;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;
using CoAgent.Workspace.Tools;

namespace CoAgent.Workspace;

/// <summary>Tells what a call will read and write, from its arguments and the tree as it is now.</summary>
/// <remarks>
/// Links and what exists are looked at when the footprint is bound; a change of either before the call is executed makes it stale, so it is
/// bound under the latch and anew for every replay. A call that is refused for its arguments touches nothing.
/// </remarks>
public sealed class WorkspaceFootprint(WorkspaceRoot root)
{
    /// <summary>Binds the footprint of one call.</summary>
    public Footprint Bind(string tool, JsonElement arguments)
    {
        try
        {
            return WorkspaceTools.Find(tool) is { } found ? Bind(found, arguments, root.Files) : Footprint.None;
        }
        catch (CallRefusedException)
        {
            return Footprint.None;
        }
    }

    /// <summary>The same in a view of the tree.</summary>
    /// <exception cref="CallRefusedException">The call is refused: it touches nothing.</exception>
    internal Footprint Bind(WorkspaceTool tool, JsonElement arguments, IFileView files)
    {
        try
        {
            return tool.Bind(root.In(files), ToolArguments.Check(tool.Definition, ToolArguments.MembersOf(arguments)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Where the tree cannot be looked at, nothing narrower than all of it is certain.
            return Everything(tool.Definition.Hints.ReadOnly);
        }
    }

    private Footprint Everything(bool readOnly)
    {
        var everything = ObjectIds.Subtree(root.Path);
        return new Footprint([everything], readOnly ? [] : [everything], Reversible: readOnly);
    }
}

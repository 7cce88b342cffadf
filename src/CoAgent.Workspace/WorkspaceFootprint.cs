using System.Text.Json;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Paths;

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
        if (WorkspaceTools.Find(tool) is not { } found)
        {
            return Footprint.None;
        }

        try
        {
            return found.Bind(root, ToolArguments.Check(found.Definition, ToolArguments.MembersOf(arguments)));
        }
        catch (CallRefusedException)
        {
            return Footprint.None;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Where the tree cannot be looked at, nothing narrower than all of it is certain.
            return Everything(found.Definition.Hints.ReadOnly);
        }
    }

    private Footprint Everything(bool readOnly)
    {
        var everything = ObjectIds.Subtree(root.Path);
        return new Footprint([everything], readOnly ? [] : [everything], Reversible: readOnly);
    }
}

using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;
using CoAgent.Workspace.Tools;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Effects;

/// <summary>Declares the calls of the workspace tools.</summary>
internal sealed class WorkspaceDeclarations(WorkspaceRoot root, PositionedFootprints positions)
{
    private const string Bash = "bash";
    private readonly WorkspaceFootprint _footprint = new(root);

    /// <summary>What is known of a call before it is made.</summary>
    internal ToolDeclaration Declare(string tool, JsonElement arguments)
    {
        var bound = _footprint.Bind(tool, arguments);
        return new ToolDeclaration(new CallDeclaration(positions.Widen(PositionedFootprints.KeyOf(tool, arguments), ToPatterns(bound)) ?? Everything(bound.IsRead))
        {
            View = ReadView.Version,
            CanReread = true,
            IsIrreversible = !bound.Reversible,
            IsReplaySafe = true,
            IsInverseIdempotent = true,
            HasProbe = true,
        })
        {
            IsErrorAnOutcome = tool == Bash,
        };
    }

    /// <summary>What a call touches in a view of the tree.</summary>
    /// <exception cref="CallRefusedException">The call is refused: it touches nothing.</exception>
    internal Touched Bind(WorkspaceTool tool, JsonElement arguments, IFileView files) =>
        ToPatterns(_footprint.Bind(tool, arguments, files));

    private Touched ToPatterns(Footprint bound)
    {
        var reads = bound.Reads.Select(ObjectPattern.TryParse).ToList();
        var writes = bound.Writes.Select(ObjectPattern.TryParse).ToList();
        var isNamable = reads.TrueForAll(static pattern => pattern is not null) && writes.TrueForAll(static pattern => pattern is not null);
        return isNamable && Touched.TryCreate(reads.Select(static pattern => pattern!.Value), writes.Select(static pattern => pattern!.Value)) is { } touched
            ? touched
            : Everything(bound.IsRead);
    }

    // Deeper than ids go, or more than a footprint holds.
    private Touched Everything(bool isRead)
    {
        var all = ObjectPattern.Parse(ObjectIds.Subtree(root.Path));
        return Touched.Create([all], isRead ? [] : [all]);
    }
}

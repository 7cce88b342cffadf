using System.Collections.Immutable;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Commands;

/// <summary>How a prepared command goes on.</summary>
internal abstract record CommandPlan
{
    private CommandPlan()
    {
    }

    /// <summary>It has run, and what it wrote is put in place.</summary>
    /// <param name="Promotion">What is put in place.</param>
    /// <param name="Run">The run that it comes from.</param>
    internal sealed record Promote(Promotion Promotion, TriedRun Run) : CommandPlan;

    /// <summary>It runs in the live tree.</summary>
    /// <param name="Manifest">What was captured; null when it cannot be taken back.</param>
    internal sealed record RunLive(CaptureManifest? Manifest) : CommandPlan;

    /// <summary>It runs in the live tree; what it does outside of files is captured too.</summary>
    /// <param name="Files">What was captured of files.</param>
    /// <param name="Effects">What was captured of the rest.</param>
    internal sealed record RunOuter(CaptureManifest Files, ImmutableArray<OuterEffects.Prepared> Effects) : CommandPlan;
}

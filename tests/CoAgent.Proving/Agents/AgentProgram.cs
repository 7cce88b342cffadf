using System.Collections.Immutable;

namespace CoAgent.Proving.Agents;

/// <summary>What one agent sets out to do.</summary>
/// <param name="Steps">Its steps, ten at most.</param>
/// <param name="Style">How it repairs.</param>
internal sealed record AgentProgram(ImmutableArray<Step> Steps, RepairStyle Style)
{
    /// <summary>The most steps: a step's number is one digit.</summary>
    public const int StepsMax = 10;

    /// <summary>Whether a later step takes this one back.</summary>
    public bool IsUndoneLater(int step) => Steps.Any(later => later.Undone == step);
}

/// <summary>What an agent does with a notice.</summary>
internal enum RepairStyle
{
    /// <summary>It takes back all it did from the stale step on, and does it again.</summary>
    Rerun,

    /// <summary>It takes over the value that the notice names and repairs from the first step that this makes different.</summary>
    Absorb,
}

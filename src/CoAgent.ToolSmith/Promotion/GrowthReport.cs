using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>What kind of tool was grown.</summary>
public enum GrownKind
{
    /// <summary>It reads what can be shown as it was at any position.</summary>
    SnapshotRead,

    /// <summary>It reads what is live.</summary>
    LiveRead,

    /// <summary>It writes, and has an inverse.</summary>
    Write,
}

/// <summary>How far a grown tool has come.</summary>
public enum GrownStatus
{
    /// <summary>It keeps the laws, and is offered.</summary>
    Verified,

    /// <summary>It could not be tried, or not enough; a person may approve it.</summary>
    Draft,

    /// <summary>It has broken a law and lies in quarantine.</summary>
    Quarantined,
}

/// <summary>A tool that was made of commands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Profile">The folder of its manifest.</param>
/// <param name="Kind">What it does to the world.</param>
/// <param name="Status">How far it has come.</param>
public sealed record GrownTool(string Name, string Profile, GrownKind Kind, GrownStatus Status)
{
    /// <summary>The full path of its manifest.</summary>
    public required string ManifestFile { get; init; }

    /// <summary>Why it has come no further; null where it is offered.</summary>
    public string? Why { get; init; }
}

/// <summary>What learning from one line came to.</summary>
/// <param name="Covered">The tools that do already what was seen.</param>
/// <param name="Grown">The tools that were made, or made wider.</param>
/// <param name="Refused">Why no tool was made of what was seen often enough.</param>
/// <param name="Duration">How long it took.</param>
public sealed record GrowthStep(ImmutableArray<string> Covered, ImmutableArray<GrownTool> Grown, ImmutableArray<string> Refused, TimeSpan Duration);

/// <summary>How a catalog has grown (<c>coagent smith report</c>).</summary>
/// <param name="CommandsSeen">How many commands were seen.</param>
/// <param name="FormsSeen">How many forms they have.</param>
/// <param name="Tools">What was grown.</param>
/// <param name="TimeSpent">How long all learning took.</param>
public sealed record GrowthReport(long CommandsSeen, int FormsSeen, ImmutableArray<GrownTool> Tools, TimeSpan TimeSpent)
{
    /// <summary>How many tools of a kind are offered.</summary>
    public int Count(GrownKind kind) => Tools.Count(tool => tool.Kind == kind && tool.Status == GrownStatus.Verified);
}

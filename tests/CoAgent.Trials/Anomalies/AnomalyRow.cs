using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Anomalies;

/// <summary>One row of the anomaly matrix that agents play alone.</summary>
/// <param name="Id">The anomaly's name.</param>
/// <param name="MustHold">What must hold at quiescence, in words.</param>
/// <param name="Play">Who does what.</param>
/// <param name="Schedule">The bad schedule: who makes the next call, a letter each.</param>
/// <param name="Holds">What must hold, of the end.</param>
internal sealed record AnomalyRow(string Id, string MustHold, Play Play, string Schedule, Func<PlayEnd, bool> Holds)
{
    /// <summary>Whether the schedule makes it happen where nobody coordinates.</summary>
    public bool CanHappenUncoordinated { get; init; } = true;

    /// <summary>The servers that have the tools for it.</summary>
    public IReadOnlyList<FileServer> Servers { get; init; } = [FileServer.Workspace, FileServer.Filesystem];

    /// <summary>What must hold of the end besides, where somebody coordinates.</summary>
    public Func<PlayEnd, bool> HoldsWhenCoordinated { get; init; } = _ => true;

    public override string ToString() => Id;
}

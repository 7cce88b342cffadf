using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>One row of the anomaly matrix.</summary>
/// <param name="Id">The anomaly's name.</param>
/// <param name="MustHold">What must hold at quiescence, in words.</param>
/// <param name="Play">Who does what.</param>
/// <param name="Schedule">The bad schedule: who makes the next call, a letter each.</param>
/// <param name="Holds">What must hold, of the end.</param>
internal sealed record AnomalyRow(string Id, string MustHold, Play Play, string Schedule, Func<PlayEnd, bool> Holds)
{
    /// <summary>What must hold of each run besides.</summary>
    public Func<Run, bool> HoldsInRun { get; init; } = _ => true;

    public override string ToString() => Id;
}

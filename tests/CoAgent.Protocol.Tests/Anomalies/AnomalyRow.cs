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
    /// <summary>Whether the schedule alone makes it happen without a protocol; a fault cannot be played so.</summary>
    public bool CanHappenUncoordinated { get; init; } = true;

    /// <summary>What must hold of each run besides.</summary>
    public Func<Run, bool> HoldsInRun { get; init; } = _ => true;

    public override string ToString() => Id;
}

/// <summary>A row that is played once, step by step.</summary>
/// <param name="Id">The anomaly's name.</param>
/// <param name="MustHold">What must hold, in words.</param>
/// <param name="Play">Plays it under some rules and asserts what must hold.</param>
internal sealed record ScriptedRow(string Id, string MustHold, Action<RuleSet> Play)
{
    public override string ToString() => Id;
}

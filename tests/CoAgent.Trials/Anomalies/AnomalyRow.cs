using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Anomalies;

/// <summary>One row of the anomaly matrix.</summary>
/// <param name="Id">The anomaly's name.</param>
/// <param name="MustHold">What must hold at quiescence, in words.</param>
internal abstract record Row(string Id, string MustHold)
{
    /// <summary>Whether it is shown to happen where nobody coordinates.</summary>
    public bool CanHappenUncoordinated { get; init; } = true;

    /// <summary>The servers that have the tools for it.</summary>
    public IReadOnlyList<StageServer> Servers { get; init; } = [StageServer.Workspace, StageServer.Filesystem];

    /// <summary>Whether a server has the tools for it: who has bash has those of the built-in one.</summary>
    public bool IsPlayedOn(StageServer server) =>
        Servers.Contains(server == StageServer.Bash ? StageServer.Workspace : server);

    public sealed override string ToString() => Id;
}

/// <summary>A row that agents play alone, in an order or in another one.</summary>
/// <param name="Id">The anomaly's name.</param>
/// <param name="MustHold">What must hold at quiescence, in words.</param>
/// <param name="Play">Who does what.</param>
/// <param name="Schedule">The bad schedule: who makes the next call, a letter each.</param>
/// <param name="Holds">What must hold, of the end.</param>
internal sealed record AnomalyRow(string Id, string MustHold, Play Play, string Schedule, Func<PlayEnd, bool> Holds)
    : Row(Id, MustHold)
{
    /// <summary>What must hold of the end besides, where somebody coordinates.</summary>
    public Func<PlayEnd, bool> HoldsWhenCoordinated { get; init; } = _ => true;
}

/// <summary>A row that is played step by step, on a stage of its own.</summary>
/// <param name="Id">The anomaly's name.</param>
/// <param name="MustHold">What must hold, in words.</param>
/// <param name="PlayAsync">Plays it; gives what does not hold, null when all does.</param>
internal sealed record ScriptedRow(string Id, string MustHold, Func<StageDoor, CancellationToken, Task<string?>> PlayAsync)
    : Row(Id, MustHold);

/// <summary>Opens stages for one server under one protocol.</summary>
/// <param name="Server">The file server.</param>
/// <param name="Protocol">The rules of coordination.</param>
/// <param name="Npm">Where the npm server is.</param>
internal sealed record StageDoor(StageServer Server, string Protocol, NpmFolder Npm)
{
    public Task<Stage> OpenAsync(CancellationToken cancellationToken, StageOptions? options = null) =>
        Stage.OpenAsync(Server, Protocol, Npm, cancellationToken, options);
}

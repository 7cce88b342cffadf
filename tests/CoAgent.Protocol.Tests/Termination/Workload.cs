using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Termination;

/// <summary>Work for N agents, and how much may come of it at most, in whatever order things happen.</summary>
/// <param name="Name">The name.</param>
/// <param name="PlayOf">What N agents do.</param>
/// <param name="BoundsOf">
/// The most that N agents can cause.
/// With the highest rank first and the lowest last it is reached.
/// </param>
internal sealed record Workload(string Name, Func<int, Play> PlayOf, Func<int, Bounds> BoundsOf)
{
    /// <summary>What must hold of each run besides: says what does not, or null.</summary>
    public Func<Run, Play, string?> FailureOf { get; init; } = (_, _) => null;

    public override string ToString() => Name;
}

/// <summary>The most that may happen in a run.</summary>
/// <param name="Notices">Notices given to agents.</param>
/// <param name="Undos">Inverses run.</param>
/// <param name="Replays">Writes executed again by the protocol.</param>
/// <param name="Reissued">Calls that agents make beyond those of the serial run.</param>
internal readonly record struct Bounds(int Notices, int Undos, int Replays, int Reissued)
{
    public static Bounds None => default;

    public bool IsWithin(Bounds most) =>
        Notices <= most.Notices && Undos <= most.Undos && Replays <= most.Replays && Reissued <= most.Reissued;

    public static Bounds Max(Bounds left, Bounds right) => new(
        Math.Max(left.Notices, right.Notices),
        Math.Max(left.Undos, right.Undos),
        Math.Max(left.Replays, right.Replays),
        Math.Max(left.Reissued, right.Reissued));

    public static Bounds operator +(Bounds left, Bounds right) => new(
        left.Notices + right.Notices,
        left.Undos + right.Undos,
        left.Replays + right.Replays,
        left.Reissued + right.Reissued);
}

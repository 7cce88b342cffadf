namespace CoAgent.Benchmarks.Measuring;

/// <summary>How long a run takes: what is done in each round, and for how long.</summary>
internal sealed record Pace(int Rounds, TimeSpan Phase, TimeSpan WarmUp, int StartsPerRound)
{
    public static Pace Quick { get; } =
        new(2, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(500), StartsPerRound: 1);

    public static Pace Full { get; } =
        new(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), StartsPerRound: 3);
}

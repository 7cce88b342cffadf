using CoAgent.Benchmarks.Measuring;

namespace CoAgent.Benchmarks.Core;

/// <summary>What a run came to; parts that were not wanted are empty.</summary>
internal sealed class CoreResults
{
    public FoldedMemoryResult? Folded { get; set; }

    /// <summary>Bytes that a call of an open transaction keeps, its object, declaration and place included.</summary>
    public double? BytesPerOpenCall { get; set; }

    /// <summary>By world, what each round came to.</summary>
    public Dictionary<string, List<StepRound>> Steps { get; } = [];

    /// <summary>What late work cost in each round.</summary>
    public List<LateCost> LateRounds { get; } = [];

    public double? Step(WorldSize world, StepKind kind, Func<StepCost, double> figure) =>
        Rounds(world, kind).Select(figure).ToArray() is { Length: > 0 } values ? Statistics.Median(values) : null;

    /// <summary>The median of the rounds' own ratios, so that what the machine does beside cancels out.</summary>
    public double? Ratio(WorldSize world, WorldSize other, StepKind kind)
    {
        double[] ratios =
            [.. Rounds(world, kind).Zip(Rounds(other, kind), (ours, theirs) => ours.Median / theirs.Median)];
        return ratios.Length > 0 ? Statistics.Median(ratios) : null;
    }

    public double? Late(WorldSize world, LateKind kind, int laterCalls, Func<LateCost, double> figure) =>
        LateRounds
            .Where(cost => cost.World == world.Name && cost.Kind == kind && cost.LaterCalls == laterCalls)
            .Select(figure)
            .ToArray() is { Length: > 0 } values ? Statistics.Median(values) : null;

    private IEnumerable<StepCost> Rounds(WorldSize world, StepKind kind) =>
        Steps.TryGetValue(world.Name, out var rounds)
            ? rounds.Where(round => round.Costs.ContainsKey(kind)).Select(round => round.Costs[kind])
            : [];
}

using CoAgent.Benchmarks.Processes;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Measuring;

/// <summary>
/// All rows side by side: every round measures each of them once, in an order drawn anew from a fixed seed.
/// </summary>
internal sealed class Contest(Workshop workshop, Pace pace, TextWriter progress, CancellationToken cancelled)
{
    public const int Seed = 20_261;

    public IReadOnlyList<RowResult> Run(IReadOnlyList<Row> rows)
    {
        List<Contender> all = [.. rows.Select(row => new Contender(row, workshop))];
        try
        {
            Compete(all);
            return [.. all.Select(contender => contender.Result)];
        }
        finally
        {
            all.ForEach(contender => contender.Dispose());
        }
    }

    private void Compete(List<Contender> all)
    {
        var order = new Random(Seed);
        var left = Keep("start", all, contender => contender.Start());
        left = Keep("warm up", left, contender => contender.WarmUp(pace.WarmUp));
        for (var round = 1; round <= pace.Rounds; round++)
        {
            var drawn = left.ToArray();
            order.Shuffle(drawn);
            left = Keep($"round {round} of {pace.Rounds}", drawn, Measure);
        }

        Keep("memory", left, contender => contender.MeasureMemory());
    }

    private bool Measure(Contender contender) =>
        contender.MeasureCalls(pace.Phase)
        && contender.MeasureResults(pace.Phase)
        && contender.MeasureStarts(pace.StartsPerRound);

    /// <summary>Takes every row through a step, and returns those that came through it.</summary>
    private List<Contender> Keep(string step, IReadOnlyList<Contender> contenders, Func<Contender, bool> take)
    {
        List<Contender> kept = [];
        foreach (var contender in contenders)
        {
            cancelled.ThrowIfCancellationRequested();
            var done = take(contender);
            cancelled.ThrowIfCancellationRequested();
            var told = done ? Latest(contender.Result) : $"left out: {contender.Result.Failure}";
            progress.WriteLine($"{step}: {contender.Result.Row.Name} {told}");
            if (done)
            {
                kept.Add(contender);
            }
        }

        return kept;
    }

    private static string Latest(RowResult result) =>
        result.Rounds.TryGetValue(Figure.Median, out var medians)
            && result.Rounds.TryGetValue(Figure.CallsAt16, out var calls)
            ? $"median {medians[^1]:N0} us, {calls[^1]:N0} calls/s at 16"
            : "ok";
}

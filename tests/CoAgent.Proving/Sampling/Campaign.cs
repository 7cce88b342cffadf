using CoAgent.Proving.Runs;

namespace CoAgent.Proving.Sampling;

/// <summary>Many random runs, each made from the campaign's seed and its own number.</summary>
/// <param name="Source">What scenarios are made.</param>
/// <param name="Seed">The campaign's seed.</param>
/// <param name="Options">What is tried.</param>
internal sealed record Campaign(ScenarioSource Source, int Seed, ProofOptions Options)
{
    /// <summary>How many failing runs are kept. Beyond: they are only counted.</summary>
    public const int ViolationsMax = 20;

    /// <summary>Makes runs on several threads.</summary>
    /// <param name="runCount">How many.</param>
    /// <param name="threadCount">On how many threads.</param>
    /// <param name="progress">Is told after each run how many there have been.</param>
    public CampaignResult Take(long runCount, int threadCount, Action<long>? progress = null)
    {
        var (done, failed, choices) = (0L, 0L, 0L);
        var kept = new List<(long Number, Violation Violation)>();
        Parallel.For(0L, runCount, new ParallelOptions { MaxDegreeOfParallelism = threadCount }, number =>
        {
            var (violation, choiceCount) = TakeOne(number);
            Interlocked.Add(ref choices, choiceCount);
            if (violation is not null && Interlocked.Increment(ref failed) <= ViolationsMax)
            {
                lock (kept)
                {
                    kept.Add((number, violation));
                }
            }

            progress?.Invoke(Interlocked.Increment(ref done));
        });
        return new CampaignResult(runCount, failed, choices, [.. kept.OrderBy(one => one.Number)]);
    }

    /// <summary>Makes the run of that number.</summary>
    public (Violation? Violation, int ChoiceCount) TakeOne(long number)
    {
        var random = new Random(HashCode(number));
        return SampledRun.Take(Source.Make(random), random.Next(), Options);
    }

    /// <summary>The same in every process: System.HashCode is not.</summary>
    private int HashCode(long number) => (int)((((ulong)Seed * 0x9E3779B97F4A7C15UL) + ((ulong)number * 0xD1B54A32D192ED03UL)) >> 33);
}

/// <summary>How a campaign ended.</summary>
/// <param name="RunCount">How many runs there were.</param>
/// <param name="FailedCount">How many failed.</param>
/// <param name="ChoiceCount">How many choices they took together.</param>
/// <param name="Violations">The first failing ones.</param>
internal sealed record CampaignResult(
    long RunCount, long FailedCount, long ChoiceCount, IReadOnlyList<(long Number, Violation Violation)> Violations);

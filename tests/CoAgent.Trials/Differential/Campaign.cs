using System.Diagnostics;
using System.Runtime.CompilerServices;
using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Differential;

/// <summary>Many seeds, one after the other before one daemon; after a failure before a new one.</summary>
/// <param name="npm">Where the npm servers are.</param>
internal sealed class Campaign(NpmFolder npm)
{
    // Nothing here is about a loss of power.
    private static readonly StageOptions Quick = new() { Members = ""","durability":"normal" """ };

    private readonly Stopwatch watch = new();
    private int count;

    /// <summary>In place of rules: one agent after the other, where nobody coordinates.</summary>
    public const string Serially = "serially";

    /// <summary>The rules of coordination.</summary>
    public string Protocol { get; init; } = "mtpo";

    /// <summary>The server that is played on.</summary>
    public StageServer Server { get; init; }

    public int FirstSeed { get; init; } = 1;

    public int SeedCount { get; init; } = 100;

    /// <summary>Seeds that did not end as their serial run.</summary>
    public int FailureCount { get; private set; }

    /// <summary>What has been done, in a line.</summary>
    public string Summary =>
        $"{count} random plays on {Server} from seed {FirstSeed} under {Protocol}: {FailureCount} differ from the serial run, {watch.Elapsed.TotalSeconds:F0} s";

    /// <summary>Plays all seeds and gives each failure as it comes.</summary>
    public async IAsyncEnumerable<string> FailuresAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        watch.Start();
        Stage? stage = null;
        for (var seed = FirstSeed; seed < FirstSeed + SeedCount; seed++)
        {
            stage ??= await Stage.OpenAsync(
                Server, Protocol == Serially ? "none" : Protocol, npm, cancellationToken, Quick);
            count++;
            var trial = new RandomTrial(stage);
            var failure = Protocol == Serially
                ? await trial.SerialFailureOfAsync(seed, cancellationToken)
                : await trial.FailureOfAsync(seed, cancellationToken);
            if (failure is not null)
            {
                FailureCount++;
                await stage.DisposeAsync();
                stage = null;
                yield return failure;
            }
        }

        watch.Stop();
        await (stage?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}

using CoAgent.Runtime.Tools;
using Polly;
using Polly.Retry;

namespace CoAgent.Proxy.Effects;

/// <summary>Runs an inverse again when it failed (protocol.md, section 6): with a jittered back-off, up to a cap.</summary>
/// <remarks>One of which nobody knows whether it ran is not run again here: what comes next is the protocol's to say.</remarks>
internal sealed class InverseRetry(TimeProvider time)
{
    /// <summary>How often an inverse is run again.</summary>
    public const int RetryCount = 3;

    private readonly ResiliencePipeline<Inversion> _retry = new ResiliencePipelineBuilder<Inversion> { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions<Inversion>
        {
            ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Result is Inversion.Failed),
            MaxRetryAttempts = RetryCount,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(5),
            UseJitter = true,
        })
        .Build();

    /// <summary>Runs it.</summary>
    public ValueTask<Inversion> RunAsync(Func<CancellationToken, ValueTask<Inversion>> inverse, CancellationToken cancellationToken) =>
        _retry.ExecuteAsync(inverse, cancellationToken);
}

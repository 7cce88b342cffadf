using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using CoAgent.Runtime.Tools;

namespace CoAgent.Trials.Commands;

/// <summary>Puts the corpus to the test, several lines at once.</summary>
/// <param name="lines">The lines.</param>
/// <param name="workerCount">How many at once.</param>
/// <param name="analyst">What is known of commands before they run.</param>
internal sealed class CommandMeasure(ImmutableArray<CorpusLine> lines, int workerCount, ICommandAnalyst analyst)
{
    private readonly ConcurrentBag<LineResult> _results = [];
    private readonly Stopwatch _watch = new();

    /// <summary>What came out, in the order of the corpus.</summary>
    public ImmutableArray<LineResult> Results => [.. _results.OrderBy(static result => result.Line.Number)];

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Runs all lines.</summary>
    /// <param name="told">Is told of each result as it comes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Action<LineResult> told, CancellationToken cancellationToken)
    {
        _watch.Start();
        using var trees = new TrialTrees();
        Adopt(trees.Environment);
        var waiting = new ConcurrentQueue<CorpusLine>(lines);
        await Task.WhenAll(Enumerable.Range(0, workerCount).Select(_ => Task.Run(() => WorkAsync(trees.NextDesk()), cancellationToken)));
        _watch.Stop();

        async Task WorkAsync(TrialDesk desk)
        {
            await using var site = await LoopbackSite.StartAsync(cancellationToken);
            var trial = new LineTrial(desk, site, analyst);
            while (waiting.TryDequeue(out var line))
            {
                var result = await ResultOfAsync(trial, line, cancellationToken);
                _results.Add(result);
                told(result);
            }
        }
    }

    private static async Task<LineResult> ResultOfAsync(LineTrial trial, CorpusLine line, CancellationToken cancellationToken)
    {
        try
        {
            return await trial.OfAsync(line, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or TimeoutException or InvalidOperationException or UnauthorizedAccessException)
        {
            return new LineResult(line, LineTaking.Unseen, [$"{failure.GetType().Name}: {failure.Message}"]);
        }
    }

    /// <summary>Makes an environment this process's own: commands get it, and so it is the same for both ways.</summary>
    internal static void Adopt(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => !environment.ContainsKey(name) && !name.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList())
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        foreach (var (name, value) in environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}

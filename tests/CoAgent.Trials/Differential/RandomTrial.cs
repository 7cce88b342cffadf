using CoAgent.Trials.Agents;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Differential;

/// <summary>Random programs in a random interleaving, and the same ones one after the other: both must end alike.</summary>
/// <param name="stage">Where they are played.</param>
internal sealed class RandomTrial(Stage stage)
{
    private const int MovesPerAgent = 40;
    private const int BurstPercent = 25;

    /// <summary>Plays the programs of a seed; gives what is different from the serial run, null when nothing is.</summary>
    public async Task<string?> FailureOfAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var (play, text) = ProgramsOf(random);
        var scene = stage.NextScene();
        try
        {
            await using var performance = await Performance.BeginAsync(scene, play, cancellationToken, Ways.Http);
            await InterleaveAsync(performance, random, cancellationToken);
            var end = await performance.EndAsync(cancellationToken);
            var serial = await SerialRun.OfAsync(scene, play, cancellationToken);
            return end.DifferenceFrom(serial) is { } difference ? Told(difference) : null;
        }
        catch (Exception failure) when (failure is PlayException or TimeoutException or IOException or InvalidOperationException or HttpRequestException or UnauthorizedAccessException)
        {
            return Told(failure.Message);
        }

        string Told(string what) => $"seed {seed}: {what}\n{text}";
    }

    /// <summary>
    /// Plays the programs of a seed one after the other, through everything; gives what is different from the serial run.
    /// </summary>
    /// <remarks>What the comparison itself is worth: nobody meets anybody, and so nothing may differ.</remarks>
    public async Task<string?> SerialFailureOfAsync(int seed, CancellationToken cancellationToken)
    {
        var play = ProgramsOf(new Random(seed)).Play;
        var scene = stage.NextScene();
        await using var performance = await Performance.BeginAsync(scene, play, cancellationToken, Ways.Http, AgentRules.Serial);
        foreach (var agent in performance.Agents.Where((_, agent) => !play.Aborting.Contains(agent)))
        {
            await agent.RunAsync(cancellationToken);
        }

        var end = await performance.EndAsync(cancellationToken, play.Aborting);
        return end.DifferenceFrom(await SerialRun.OfAsync(scene, play, cancellationToken));
    }

    private RandomPrograms ProgramsOf(Random random) =>
        stage.Server == StageServer.Memory ? RandomGraphPlay.Of(random) : RandomPlay.Of(random, stage.Server);

    /// <summary>One move after the other, now and then some at once.</summary>
    private static async Task InterleaveAsync(Performance performance, Random random, CancellationToken cancellationToken)
    {
        for (var move = 0; move < MovesPerAgent * performance.Agents.Length; move++)
        {
            var unfinished = performance.Unfinished.ToArray();
            if (unfinished.Length == 0)
            {
                return;
            }

            random.Shuffle(unfinished);
            var count = random.Next(100) < BurstPercent ? 3 : 1;
            await Task.WhenAll(unfinished.Take(count).Select(agent => performance.MoveAsync(agent, cancellationToken)));
        }
    }
}

/// <summary>Programs of one seed.</summary>
/// <param name="Play">The play of them.</param>
/// <param name="Text">The programs in words, one a line.</param>
internal sealed record RandomPrograms(Play Play, string Text);

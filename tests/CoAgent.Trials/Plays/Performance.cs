using System.Collections.Immutable;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;

namespace CoAgent.Trials.Plays;

/// <summary>One play, with real clients: moved on letter by letter, then everybody to the end at once.</summary>
internal sealed class Performance : IAsyncDisposable
{
    private readonly Scene scene;
    private readonly ImmutableArray<AgentLine> lines;
    private readonly Task?[] waiting;

    private Performance(Scene scene, Play play, Ways ways, AgentRules rules)
    {
        this.scene = scene;
        play.LayOut(scene.Words.Home);
        lines =
        [
            .. play.Scripts.Select((_, agent) =>
                scene.Stage.Connect(scene.NameOf(agent), scene.RankOf(agent), overHttp: ways == Ways.Http || (ways == Ways.Both && agent % 2 == 1))),
        ];
        Agents = [.. play.Scripts.Select((script, agent) => new HealingAgent(scene.NameOf(agent), lines[agent], script, scene.Words, rules))];
        waiting = new Task?[Agents.Length];
    }

    public Scene Scene => scene;

    public ImmutableArray<HealingAgent> Agents { get; }

    /// <summary>The agents' ways to their tools.</summary>
    public ImmutableArray<AgentLine> Lines => lines;

    /// <summary>Who has not finished, counted from 0.</summary>
    public IEnumerable<int> Unfinished => Enumerable.Range(0, Agents.Length).Where(agent => !Agents[agent].IsDone);

    /// <summary>Lays out the files and makes the agents known, in rank order.</summary>
    public static async Task<Performance> BeginAsync(
        Scene scene, Play play, CancellationToken cancellationToken, Ways ways = Ways.Both, AgentRules? rules = null)
    {
        rules ??= scene.Stage.IsCoordinated ? AgentRules.Coordinated : AgentRules.Uncoordinated;
        var performance = new Performance(scene, play, ways, rules);
        foreach (var agent in performance.Agents)
        {
            await agent.BeginAsync(cancellationToken);
        }

        return performance;
    }

    /// <summary>Plays from the start to the end.</summary>
    /// <param name="scene">Where.</param>
    /// <param name="play">What.</param>
    /// <param name="schedule">
    /// Who makes the next move, a letter each; a <c>!</c> kills the daemon before the next one, a <c>*</c> while the next one
    /// is under way; then everybody who has not ended, at once.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="ways">How the agents come to their tools.</param>
    public static async Task<PlayEnd> PlayAsync(
        Scene scene, Play play, string schedule, CancellationToken cancellationToken, Ways ways = Ways.Both)
    {
        await using var performance = await BeginAsync(scene, play, cancellationToken, ways);
        var isKilling = false;
        foreach (var letter in schedule)
        {
            switch (letter)
            {
                case '!':
                    await scene.Stage.KillDaemonAsync(cancellationToken);
                    break;
                case '*':
                    isKilling = true;
                    break;
                default:
                    var move = performance.MoveAsync(letter - 'A', cancellationToken);
                    await (isKilling ? scene.Stage.KillDaemonAsync(cancellationToken) : Task.CompletedTask);
                    isKilling = false;
                    await move;
                    break;
            }
        }

        return await performance.EndAsync(cancellationToken);
    }

    /// <summary>One move of an agent; what may wait for others is left waiting.</summary>
    public async Task MoveAsync(int agent, CancellationToken cancellationToken)
    {
        if (waiting[agent] is { } held)
        {
            if (!held.IsCompleted)
            {
                return;
            }

            waiting[agent] = null;
            await held;
        }

        var one = Agents[agent];
        if (one.IsDone)
        {
            return;
        }

        var mayWait = one.MayWait();
        var move = one.MoveAsync(cancellationToken);
        if (mayWait && scene.Stage.IsCoordinated)
        {
            waiting[agent] = move;
        }
        else
        {
            await move;
        }
    }

    /// <summary>Lets everybody go on to the end, at once, but those who have not been there.</summary>
    public async Task<PlayEnd> EndAsync(CancellationToken cancellationToken, IReadOnlySet<int>? absent = null)
    {
        await Task.WhenAll(Enumerable.Range(0, Agents.Length).Where(agent => absent?.Contains(agent) != true).Select(RunAsync));
        return new PlayEnd(TreeState.Of(scene.Words.Home), Agents, [.. Agents.Select(agent => agent.Answers)]);

        async Task RunAsync(int agent)
        {
            await (waiting[agent] ?? Task.CompletedTask);
            waiting[agent] = null;
            await Agents[agent].RunAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in lines)
        {
            await line.DisposeAsync();
        }

        if (Directory.Exists(scene.Words.Home))
        {
            Directory.Delete(scene.Words.Home, recursive: true);
        }
    }
}

/// <summary>How agents come to their tools.</summary>
internal enum Ways
{
    /// <summary>Every second one over HTTP, the others behind bridges.</summary>
    Both,

    /// <summary>Over HTTP.</summary>
    Http,

    /// <summary>Behind bridges, which find the next daemon by themselves.</summary>
    Stdio,
}

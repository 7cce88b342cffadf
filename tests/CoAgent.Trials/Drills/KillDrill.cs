using System.Collections.Immutable;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Drills;

/// <summary>Agents that append under load while processes are killed; then what they were told is counted against what is there.</summary>
/// <param name="server">The file server.</param>
/// <param name="npm">Where the npm server is.</param>
/// <param name="seed">Decides who is killed, and when.</param>
internal sealed class KillDrill(StageServer server, NpmFolder npm, int seed)
{
    private const int AgentCount = 4;
    private const int TokenCount = 15;
    private const int KillCount = 3;

    // Some ten times as long as a drill takes on a machine with a lot else to do: one that takes longer waits for something that does not come.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly Random random = new(seed);
    private readonly SemaphoreSlim killing = new(1, 1);
    private readonly List<string> killed = [];
    private int sentCount;

    /// <summary>The rules of coordination.</summary>
    public string Protocol { get; init; } = "mtpo";

    /// <summary>Whether the journal is looked at too.</summary>
    public bool IsVerifying { get; init; } = true;

    /// <summary>How many tokens were told as what.</summary>
    public string Told { get; private set; } = "";

    /// <summary>Whom it killed, in order.</summary>
    public IReadOnlyList<string> Killed => killed;

    /// <summary>Runs the drill; gives what does not add up, null when all does.</summary>
    public async Task<string?> FailureAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        await using var stage = await Stage.OpenAsync(server, Protocol, npm, cancellationToken);
        var scene = stage.NextScene();
        var logs = Enumerable.Range(0, Appender.LogCount).Select(log => (Appender.LogOf(log), "[]"));
        new Play([.. logs], []).LayOut(scene.Words.Home);
        await using var caretaker = stage.Workspace.Connect("--agent", "caretaker");
        await caretaker.InitializeAsync(cancellationToken);
        ImmutableArray<Appender> agents =
            [.. Enumerable.Range(0, AgentCount).Select(agent => new Appender(agent, none => ConnectAsync(scene, caretaker, agent, none), scene.Words))];
        try
        {
            await DrillAsync(stage, caretaker, agents, limit.Token);
            Told = string.Join(", ", agents.SelectMany(agent => agent.Tokens.Values).CountBy(told => told).Select(count => $"{count.Value} {count.Key}"));
            return Audit.FailureOf(TreeState.Of(scene.Words.Home), agents)
                ?? (IsVerifying ? await VerifyAsync(stage, cancellationToken) : null);
        }
        catch (Exception failure) when (failure is PlayException or TimeoutException)
        {
            return failure.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it did not end within {s_limit}: {(await stage.Workspace.RunAsync(["status"], cancellationToken)).Output}";
        }
        finally
        {
            foreach (var agent in agents)
            {
                await agent.DisposeAsync();
            }
        }
    }

    private async Task DrillAsync(
        Stage stage, RawStdioClient caretaker, ImmutableArray<Appender> agents, CancellationToken cancellationToken)
    {
        foreach (var agent in agents)
        {
            await agent.BeginAsync(cancellationToken);
        }

        var moments = Enumerable.Range(0, KillCount).Select(_ => random.Next(1, AgentCount * TokenCount)).ToHashSet();
        await Task.WhenAll(agents.Select(async agent =>
        {
            for (var number = 0; number < TokenCount; number++)
            {
                var appending = agent.AppendAsync(number, cancellationToken);
                if (moments.Contains(Interlocked.Increment(ref sentCount)))
                {
                    await KillAsync(stage, caretaker, agents, cancellationToken);
                }

                await appending;
            }

            await agent.FinishAsync(cancellationToken);
        }));
    }

    private static async Task<AgentLine> ConnectAsync(
        Scene scene, RawStdioClient caretaker, int agent, CancellationToken cancellationToken)
    {
        // Its answer says that a daemon runs: it starts one when none does.
        await caretaker.RequestAsync("tools/list", "{}", cancellationToken);
        var line = scene.Stage.Connect(scene.NameOf(agent), scene.RankOf(agent), overHttp: agent % 2 == 1);
        await line.OpenAsync(cancellationToken);
        return line;
    }

    private async Task KillAsync(
        Stage stage, RawStdioClient caretaker, ImmutableArray<Appender> agents, CancellationToken cancellationToken)
    {
        await killing.WaitAsync(cancellationToken);
        try
        {
            var bridges = agents.Select(agent => agent.Line).OfType<StdioLine>().ToArray();
            switch (random.Next(server == StageServer.Workspace ? 3 : 4))
            {
                case 0 when bridges.Length > 0:
                    killed.Add("a bridge");
                    bridges[random.Next(bridges.Length)].Process.Kill();
                    break;
                case 3 when stage.Workspace.FindDaemon() is { } parent && ProcessTree.ChildrenOf(parent.Pid) is [var child, ..]:
                    killed.Add("the file server");
                    TestProcess.Kill(child);
                    break;
                default:
                    killed.Add("the daemon");
                    await stage.KillDaemonAsync(cancellationToken);
                    await caretaker.RequestAsync("tools/list", "{}", cancellationToken);
                    break;
            }
        }
        finally
        {
            killing.Release();
        }
    }

    private static async Task<string?> VerifyAsync(Stage stage, CancellationToken cancellationToken)
    {
        var verified = await stage.Workspace.RunAsync(["verify"], cancellationToken);
        return verified.ExitCode == 0 ? null : $"coagent verify: {verified}";
    }
}

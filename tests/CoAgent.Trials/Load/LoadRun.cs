using System.Diagnostics;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Load;

/// <summary>Many agents on many files for a while: what the daemon holds on to, and whether everybody was told everything.</summary>
/// <param name="npm">Where the npm servers are.</param>
/// <param name="agentCount">Agents at work at the same time.</param>
/// <param name="fileCount">Files that they work on.</param>
/// <param name="duration">How long.</param>
internal sealed class LoadRun(NpmFolder npm, int agentCount, int fileCount, TimeSpan duration)
{
    private const int SampleCount = 20;

    // What is held after the first fifth is what the work needs; from there on it stays.
    private const int WarmSampleCount = SampleCount / 5;
    private const double GrowthMax = 1.25;

    private readonly List<LoadSample> samples = [];
    private long transactionCount;
    private long callCount;
    private long repairCount;
    private long noticeCount;

    /// <summary>Works, prints figures, and says what is wrong; null when nothing is.</summary>
    public async Task<string?> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var options = new StageOptions { Members = ""","durability":"normal" """ };
        await using var stage = await Stage.OpenAsync(StageServer.Workspace, "mtpo", npm, cancellationToken, options);
        var scene = stage.NextScene();
        var words = (WorkspaceWords)scene.Words;
        var ledger = new LoadLedger(words);
        LayOut(words, ledger);
        using var end = new CancellationTokenSource(duration);
        output.WriteLine("  seconds  transactions     calls   repairs   notices   RSS MB   journal MB   open files");
        var sampling = SampleAsync(stage, output, end.Token);
        await Task.WhenAll(Enumerable.Range(0, agentCount).Select(agent => WorkAsync(scene, ledger, agent, end.Token, cancellationToken)));
        await sampling;
        return Failure(words, ledger);
    }

    private void LayOut(WorkspaceWords words, LoadLedger ledger)
    {
        for (var file = 0; file < fileCount; file++)
        {
            var path = Path.Combine(words.Home, LoadScript.NameOf(file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "0");
            ledger.Files[$"{words.Folder}/{LoadScript.NameOf(file)}"] = "0";
        }
    }

    private async Task WorkAsync(Scene scene, LoadLedger ledger, int number, CancellationToken end, CancellationToken cancellationToken)
    {
        await using var line = new HttpLine(scene.Stage.Workspace.Http($"/load-{number}"));
        await line.OpenAsync(cancellationToken);
        for (var transaction = 0; !end.IsCancellationRequested; transaction++)
        {
            var script = LoadScript.Of((number * 1_000_003) + transaction, fileCount);
            var agent = new HealingAgent($"agent {number}", line, script, scene.Words, AgentRules.Coordinated);
            await agent.BeginAgainAsync(cancellationToken);
            await ledger.BeginAsync(agent.Rank, cancellationToken);
            await agent.RunAsync(cancellationToken);
            await ledger.FinishAsync(agent.Rank, new FinishedTransaction(script, agent.Answers), cancellationToken);
            Interlocked.Increment(ref transactionCount);
            Interlocked.Add(ref callCount, agent.Counts.CallCount);
            Interlocked.Add(ref repairCount, agent.Counts.RepairCount);
            Interlocked.Add(ref noticeCount, agent.Notices.Count);
        }
    }

    private async Task SampleAsync(Stage stage, TextWriter output, CancellationToken end)
    {
        var watch = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(duration / SampleCount, TimeProvider.System);
        try
        {
            while (await tick.WaitForNextTickAsync(end))
            {
                var sample = LoadSample.Of(stage.Daemon.Process.Id, stage.Workspace.PathOf(".coagent", "journal.db"));
                samples.Add(sample);
                output.WriteLine(
                    $"  {watch.Elapsed.TotalSeconds,7:F0} {transactionCount,13} {callCount,9} {repairCount,9} {noticeCount,9} "
                    + $"{sample.ResidentMegabytes,8:F0} {sample.JournalMegabytes,12:F1} {sample.OpenFileCount,12}");
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    private string? Failure(WorkspaceWords words, LoadLedger ledger)
    {
        if (ledger.Failures.Count > 0)
        {
            return string.Join('\n', ledger.Failures);
        }

        foreach (var (path, content) in ledger.Files)
        {
            var file = Path.Combine(words.Root, path);
            if (File.ReadAllText(file) != content)
            {
                return $"{path} is {File.ReadAllText(file)}, serially {content}";
            }
        }

        var warm = samples.Take(WarmSampleCount).Select(sample => sample.ResidentMegabytes).DefaultIfEmpty().Max();
        var last = samples.Skip(WarmSampleCount).Select(sample => sample.ResidentMegabytes).DefaultIfEmpty().Last();
        return last <= warm * GrowthMax ? null : $"memory grows: {warm:F0} MB after a fifth of the time, {last:F0} MB at its end";
    }
}

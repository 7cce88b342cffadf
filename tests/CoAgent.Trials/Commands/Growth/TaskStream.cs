using System.Collections.Immutable;
using CoAgent.Cli.Catalog;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.ToolSmith.Promotion;
using CoAgent.ToolSmith.Rules;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Trials.Commands.Growth;

/// <summary>A workspace in which the tasks are done with plain bash, and a catalog that learns from each line.</summary>
/// <remarks>Disposed of, all of it is gone.</remarks>
internal sealed class TaskStream : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    private readonly TrialTrees _trees = new();
    private readonly string _place = Directory.CreateTempSubdirectory("coagent-stream-").FullName;
    private readonly Dictionary<string, string> _environment;
    private readonly GrowingCatalog _catalog;

    private TaskStream(SandboxSupport support)
    {
        Root = Directory.CreateDirectory(Path.Combine(_place, "root")).FullName;
        CommandMeasure.Adopt(_trees.Environment);
        _environment = new Dictionary<string, string>(_trees.Environment)
        {
            ["PATH"] = Path.Combine(StreamTask.Folder, "cluster") + ":" + _trees.Environment["PATH"],
            ["CLUSTER_STATE"] = Path.Combine(_place, "cluster.json"),
            ["TMPDIR"] = Directory.CreateDirectory(Path.Combine(_place, "scratch")).FullName,
        };
        Environment.SetEnvironmentVariable("PATH", _environment["PATH"]);
        Environment.SetEnvironmentVariable("CLUSTER_STATE", _environment["CLUSTER_STATE"]);
        var folders = CatalogFolders.Of(Path.Combine(_place, CatalogFolders.Name));
        _catalog = GrowingCatalog.Create(new GrowthGround(
            Root, () => folders, new CommandAnalyst(), new TreeFiles(Root), new FilePaths(), TimeProvider.System)
        {
            Support = _ => Task.FromResult(support),
            Profile = TrialProfiles.Make,
            Environment = _environment.ToImmutableSortedDictionary(StringComparer.Ordinal),
        });
    }

    /// <summary>The tree that the tasks work on.</summary>
    public string Root { get; }

    /// <summary>What was grown.</summary>
    public ImmutableArray<GrownTool> Tools => _catalog.Tools;

    /// <summary>How the catalog has grown.</summary>
    public GrowthReport Report => _catalog.Report();

    /// <summary>Lays out the tree and the cluster.</summary>
    public static async Task<TaskStream> OpenAsync(CancellationToken cancellationToken)
    {
        var stream = new TaskStream(await SandboxSupport.FindAsync(TimeProvider.System, cancellationToken));
        await stream.RequireAsync("tree.sh");
        await stream.RequireAsync("cluster/setup.sh");
        stream.DescribeCluster();
        return stream;
    }

    /// <summary>Does a task and learns from it.</summary>
    public async Task<TaskOutcome> DoAsync(StreamTask task, CancellationToken cancellationToken)
    {
        var (grown, refused, failed) = (ImmutableArray.CreateBuilder<GrownTool>(), ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<string>());
        var (covered, spent) = (0, TimeSpan.Zero);
        foreach (var line in task.Lines)
        {
            var seen = _catalog.Look(line, Root);
            var run = await ProgramOutput.OfAsync("bash", ["-c", line], Root, _environment, s_timeout);
            if (run.ExitCode != 0)
            {
                failed.Add($"{line}: exit code {run.ExitCode}: {run.ErrorText.Trim()}");
            }

            if (seen is not null)
            {
                var step = await _catalog.LearnAsync(seen, run.ExitCode, cancellationToken);
                grown.AddRange(step.Grown);
                refused.AddRange(step.Refused);
                covered += step.Covered.Length;
                spent += step.Duration;
            }
        }

        return new TaskOutcome(task, grown.ToImmutable(), refused.ToImmutable(), failed.ToImmutable(), covered, spent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _catalog.Dispose();
        _trees.Dispose();
        ForcedRemoval.Remove(_place);
    }

    private async Task RequireAsync(string script)
    {
        var run = await ProgramOutput.OfAsync("bash", [Path.Combine(StreamTask.Folder, script)], Root, _environment, s_timeout);
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{script} failed: {run.ErrorText}");
        }
    }

    // In a trial the stand-in's objects lie in the trial's own folder.
    private void DescribeCluster()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_place, CatalogFolders.Name, "kubectl"));
        File.WriteAllText(
            Path.Combine(folder.FullName, "profile.yaml"),
            """
            profile: kubectl
            environment: { CLUSTER_STATE: "{root}/cluster.json" }
            values:
              context: { run: [kubectl, config, current-context], overridable: true }
            state:
              - run:
                  - bash
                  - -c
                  - kubectl get deployments,configmaps,services -A -o json | jq "del(.items[].metadata.resourceVersion, .items[].metadata.uid, .items[].metadata.creationTimestamp)"

            """);
    }
}

/// <summary>What a task came to.</summary>
/// <param name="Task">The task.</param>
/// <param name="Grown">The tools that were made, or made wider.</param>
/// <param name="Refused">Why no tool was made of what was seen often enough.</param>
/// <param name="Failed">Lines that failed: the stream itself is wrong.</param>
/// <param name="CoveredCount">How often a tool was there already.</param>
/// <param name="Spent">How long learning took.</param>
internal sealed record TaskOutcome(
    StreamTask Task, ImmutableArray<GrownTool> Grown, ImmutableArray<string> Refused, ImmutableArray<string> Failed, int CoveredCount, TimeSpan Spent);

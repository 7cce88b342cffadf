namespace CoAgent.Benchmarks.Processes;

/// <summary>What every row is made from: the published programs, the packages, and a folder for all stages.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<Stage> stages = [];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-bench-");
    private bool closed;

    /// <summary>The published benchmark: it is the echo server and the floor too.</summary>
    public required string Self { get; init; }

    /// <summary>The published proxy under test; null when there is none.</summary>
    public required string? CoAgent { get; init; }

    /// <summary>The folder whose node_modules holds the rivals.</summary>
    public required string Npm { get; init; }

    public IReadOnlyList<string> Echo => [Self, Verbs.Echo];

    public Stage Open(string name)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            var stage = new Stage(Path.Combine(folder.FullName, $"{stages.Count}-{name}"), Echo);
            stages.Add(stage);
            return stage;
        }
    }

    /// <summary>
    /// Ends every process of every stage; whoever waits for one of them is told by the end of its stream.
    /// </summary>
    public void EndAll()
    {
        lock (gate)
        {
            closed = true;
            stages.ForEach(stage => stage.EndAll());
        }
    }

    public void Dispose()
    {
        EndAll();
        stages.ForEach(stage => stage.Dispose());
        folder.Delete(recursive: true);
    }
}

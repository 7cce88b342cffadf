namespace CoAgent.Trials.Support;

/// <summary>Which processes others have started.</summary>
internal static class ProcessTree
{
    /// <summary>The processes that this one has started and that run.</summary>
    public static IReadOnlyList<int> ChildrenOf(int id) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{id}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(int.Parse)
            .Where(TestProcess.IsRunning),
    ];
}

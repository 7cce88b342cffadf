using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CoAgent.ToolSmith.Promotion;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Commands.Growth;

/// <summary><c>coagent-trials stream</c>: tasks of agents with bash alone, and the tools that grow from them.</summary>
internal static class StreamMode
{
    /// <summary>Runs it; 0 when every line ran and every tool that writes has an inverse that was tried.</summary>
    /// <param name="options">What was asked for.</param>
    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string> options)
    {
        var count = int.Parse(options.GetValueOrDefault("tasks", $"{StreamTask.All.Length}"), CultureInfo.InvariantCulture);
        using var stream = await TaskStream.OpenAsync(CancellationToken.None);
        var (outcomes, offered) = (new List<TaskOutcome>(), new List<int>());
        foreach (var task in StreamTask.All.Take(count))
        {
            var outcome = await stream.DoAsync(task, CancellationToken.None);
            outcomes.Add(outcome);
            offered.Add(Offered(stream).Length);
            Tell(outcome, offered[^1], isVerbose: options.ContainsKey("verbose"));
        }

        var text = Table(stream, outcomes, offered);
        if (count == StreamTask.All.Length)
        {
            Report.Write("stream", text);
        }

        Console.WriteLine(text);
        return outcomes.Exists(static outcome => !outcome.Failed.IsEmpty) ? 1 : 0;
    }

    private static ImmutableArray<GrownTool> Offered(TaskStream stream) =>
        [.. stream.Tools.Where(static tool => tool.Status == GrownStatus.Verified)];

    private static void Tell(TaskOutcome outcome, int offered, bool isVerbose)
    {
        Console.Error.WriteLine($"{outcome.Task.Number,3} {outcome.Task.Title,-34} {offered,3} tools, {outcome.Spent.TotalSeconds,5:F1} s");
        foreach (var told in outcome.Failed
            .Concat(outcome.Grown.Select(static tool => $"{tool.Profile}/{tool.Name} {tool.Kind} {tool.Status} {tool.Why}"))
            .Concat(isVerbose ? outcome.Refused : []))
        {
            Console.Error.WriteLine($"      {told}");
        }
    }

    private static string Table(TaskStream stream, List<TaskOutcome> outcomes, List<int> offered)
    {
        var tools = Offered(stream);
        var half = offered.FindIndex(count => 2 * count >= tools.Length) + 1;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            Tools grown from {outcomes.Count} bash-only tasks ({outcomes.Sum(static outcome => outcome.Task.Lines.Length)} lines; {stream.Report.CommandsSeen} commands of {stream.Report.FormsSeen} forms)
              offered: {tools.Length} = {Count(GrownKind.SnapshotRead)} snapshot reads + {Count(GrownKind.LiveRead)} live reads + {Count(GrownKind.Write)} writes, each with an inverse that the laws have tried
              half of them after {half} tasks ({100.0 * half / outcomes.Count:F0} % of the stream); not offered: {stream.Tools.Length - tools.Length}
              seconds a task by quarter: {string.Join(", ", Quarters(outcomes))}
              a tool was there already: {outcomes.Sum(static outcome => outcome.CoveredCount)} times

            """);
        foreach (var tool in stream.Tools.OrderBy(static tool => tool.Kind).ThenBy(static tool => tool.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {tool.Kind,-12} {tool.Status,-11} {tool.Profile}/{tool.Name} {tool.Why}\n");
        }

        return text.ToString();

        int Count(GrownKind kind) => tools.Count(tool => tool.Kind == kind);
    }

    private static IEnumerable<string> Quarters(List<TaskOutcome> outcomes) =>
        outcomes.Chunk((outcomes.Count + 3) / 4).Select(static quarter =>
            quarter.Average(static outcome => outcome.Spent.TotalSeconds).ToString("F1", CultureInfo.InvariantCulture));
}

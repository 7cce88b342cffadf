using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Rules;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Commands;

/// <summary><c>coagent-trials commands</c>: the corpus of command lines against plain bash.</summary>
internal static class CommandsMode
{
    /// <summary>Runs it; 0 when nothing is at fault.</summary>
    /// <param name="options">What was asked for.</param>
    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string> options)
    {
        var lines = Choose(options);
        var asJson = options.ContainsKey("json");
        var measure = new CommandMeasure(lines, int.Parse(options.GetValueOrDefault("workers", "2"), CultureInfo.InvariantCulture), Analyst(options));
        var doneCount = 0;
        await measure.RunAsync(Tell, CancellationToken.None);
        var table = CommandTable.Of(measure.Results, measure.Elapsed);
        if (lines.Length == CommandCorpus.All.Length)
        {
            Report.Write("commands", table);
        }

        Console.WriteLine(asJson ? JsonSerializer.Serialize(measure.Results.Select(LineOf)) : table);
        return measure.Results.Any(static result => !result.Faults.IsEmpty) ? 1 : 0;

        void Tell(LineResult result)
        {
            var count = Interlocked.Increment(ref doneCount);
            if (!result.Faults.IsEmpty || lines.Length == 1 || options.ContainsKey("verbose"))
            {
                Console.Error.WriteLine(result);
            }

            if (count % 50 == 0)
            {
                Console.Error.WriteLine($"{count} of {lines.Length}");
            }
        }
    }

    /// <summary>The lines of one result that a program reads.</summary>
    internal static object LineOf(LineResult result) => new
    {
        line = result.Line.Number,
        category = result.Line.Category,
        text = result.Line.Text,
        taking = $"{result.Taking}",
        reason = result.Reason,
        changes = result.ChangeCount,
        declared = result.DeclaredCount,
        idle = result.IdleCount,
        undone = result.WasUndone,
        faults = result.Faults,
    };

    /// <summary>What is known of commands before they run.</summary>
    internal static ICommandAnalyst Analyst(IReadOnlyDictionary<string, string> options) =>
        options.ContainsKey("no-rules") ? new NoRules() : new CommandAnalyst();

    private static ImmutableArray<CorpusLine> Choose(IReadOnlyDictionary<string, string> options)
    {
        var every = int.Parse(options.GetValueOrDefault("every", "1"), CultureInfo.InvariantCulture);
        return
        [
            .. CommandCorpus.All
                .Where(line => options.GetValueOrDefault("category") is not { } category || line.Category == category)
                .Where(line => options.GetValueOrDefault("line") is not { } number || $"{line.Number}" == number)
                .Where((_, at) => at % every == 0),
        ];
    }
}

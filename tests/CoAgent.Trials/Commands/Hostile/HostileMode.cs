using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace CoAgent.Trials.Commands.Hostile;

/// <summary><c>coagent-trials hostile</c> and <c>fuzz</c>: lines that are written to do harm, and lines that nobody has written.</summary>
internal static class HostileMode
{
    /// <summary>Runs hand-written lines, or lines made from a seed; 0 when nothing is at fault.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="isFuzzing">Whether lines are made.</param>
    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string> options, bool isFuzzing)
    {
        var lines = isFuzzing
            ? FuzzedLines.Of(Number("seed", 1), Number("count", 100))
            : [.. (options.GetValueOrDefault("file") == "loads" ? HostileLines.Loads : HostileLines.Escapes)
                .Where(line => options.GetValueOrDefault("line") is not { } wanted || wanted == $"{line.Number}")];
        using var trees = new TrialTrees();
        CommandMeasure.Adopt(trees.Environment);
        var told = new List<object>();
        var faultyCount = 0;
        foreach (var line in lines)
        {
            await using var sentinels = await Sentinels.SetUpAsync(CancellationToken.None);
            var verdict = await new HostileTrial(trees.NextDesk(), sentinels).OfAsync(line.Text, CancellationToken.None);
            faultyCount += verdict.Faults.IsEmpty ? 0 : 1;
            told.Add(new { line = line.Number, aim = line.Aim, text = line.Text, outcome = Word(verdict.Outcome), faults = verdict.Faults });
            if (!options.ContainsKey("json") && (!isFuzzing || !verdict.Faults.IsEmpty || options.ContainsKey("verbose")))
            {
                Console.WriteLine(Shown(line, verdict));
            }
        }

        Console.WriteLine(options.ContainsKey("json") ? JsonSerializer.Serialize(told) : $"{lines.Length} lines, {faultyCount} at fault");
        return faultyCount == 0 ? 0 : 1;

        int Number(string option, int otherwise) =>
            options.TryGetValue(option, out var given) ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
    }

    private static string Shown(HostileLine line, HostileTrial.Verdict verdict) =>
        $"{(verdict.Faults.IsEmpty ? '✓' : '✗')} {line.Number,3} {line.Aim}: {Clean(line.Text)}  {Word(verdict.Outcome)}"
        + string.Concat(verdict.Faults.Select(static fault => $"\n        {Clean(fault)}"));

    private static string Word(LiveOutcome outcome) => Clean(outcome switch
    {
        LiveOutcome.Made made => $"made: {made.Answer}",
        LiveOutcome.Irreversible held => $"held: {held.Reason}",
        LiveOutcome.Failed failed => $"failed: {failed.Reason}",
        _ => throw new InvalidOperationException("a line is made, held, or fails"),
    });

    // What a line prints may hold what a terminal obeys.
    private static string Clean(string text)
    {
        const int CharsMax = 160;
        var clean = new string([.. text.Take(CharsMax).Select(static letter => char.IsControl(letter) ? '⏎' : letter)]);
        return text.Length > CharsMax ? clean + "…" : clean;
    }
}

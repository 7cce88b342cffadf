using System.Globalization;
using CoAgent.Protocol;
using CoAgent.Proving.Agents;

namespace CoAgent.Proving.Runs;

/// <summary>Makes a run again from its line, and tells all that happens in it.</summary>
internal static class Repetition
{
    /// <summary>Repeats a run.</summary>
    /// <param name="spec">The line of <see cref="Violation.Spec"/>.</param>
    /// <param name="options">What is tried.</param>
    /// <param name="writer">Is told what happens.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static Violation? Take(string spec, ProofOptions options, TextWriter writer)
    {
        var at = spec.LastIndexOf('@');
        var scenario = ScenarioText.Read(spec[..at]);
        var schedule = spec[(at + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToList();
        try
        {
            var run = new Run(scenario, options) { Trace = (run, input, effects) => Tell(run, input, effects, writer) };
            schedule.ForEach(number =>
            {
                var choice = run.Choices()[number];
                writer.WriteLine($"# {choice}");
                run.Take(choice, isChecked: true);
                writer.WriteLine($"  {string.Join(' ', run.World.Live.Select(content => content ?? "-"))}");
            });
            return null;
        }
        catch (Exception exception) when (Violation.Of(exception, scenario, schedule) is not null)
        {
            return Violation.Of(exception, scenario, schedule);
        }
    }

    private static void Tell(Run run, Input input, IReadOnlyCollection<Effect> effects, TextWriter writer)
    {
        var telling = new Telling(run.World.Words);
        writer.WriteLine($"> {telling.Of(input, run.World)}");
        foreach (var effect in effects)
        {
            writer.WriteLine($"  < {telling.Of(effect)}");
        }
    }
}
